import { formatCount, formatPlural } from '../../text/quantities.ts';
import type { DoomPoint } from './judged.ts';
import type { Sentence } from './sentences.ts';

/** What was found about when a run was doomed. */
export interface DoomFound {
  /** Ascending by `from`. */
  readonly points: readonly DoomPoint[];
  /** The step that decided it, if one did beyond doubt. */
  readonly decidedAt?: number | undefined;
  /** The runs that were made. */
  readonly runs: number;
  /** The finding. */
  readonly failure?: { readonly stepIndex: number };
}

/** Says when a run was doomed; where no step decided it, whether the curve is flat or rises little by little. */
export function tellDoom(found: DoomFound): Sentence {
  const last = found.points.at(-1)?.from;
  const end = found.failure?.stepIndex;
  if (last === undefined || end === undefined || last >= end) return tellPlaces(found);
  const unseen = ` How it went after step ${formatCount(last)} is not known: that takes more runs.`;
  return [...tellPlaces(found), unseen];
}

function tellPlaces({ points, decidedAt, runs }: DoomFound): Sentence {
  const share = (from: number) => points.find((point) => point.from === from)?.share ?? 1;
  if (decidedAt !== undefined) {
    const [before, after] = [percent(share(decidedAt)), percent(share(decidedAt + 1))];
    return [
      'Decided at ',
      { stepIndex: decidedAt },
      `: ${before} of the runs with other draws fail before it, and ${after} after it.`,
    ];
  }
  const shares = points.map((point) => point.share);
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  if (points.length === 0) return ['No single step decided it: no run was made.'];
  if (!isFlat(points)) {
    const shown = `the share of runs that fail is between ${percent(least)} and ${percent(most)}`;
    return [
      `No single step decided it, as far as ${formatPlural(runs, 'run')} can tell: ${shown}, and jumps nowhere.`,
    ];
  }
  const shown =
    percent(least) === percent(most) ? percent(most) : `${number(least)} to ${percent(most)}`;
  return [
    `No single step decided it: wherever the run goes on from, ${shown} of the runs with other draws fail.`,
  ];
}

/** Whether one share could be that of all places. */
function isFlat(points: readonly DoomPoint[]): boolean {
  const highestLow = Math.max(...points.map(({ low }) => low));
  const lowestHigh = Math.min(...points.map(({ high }) => high));
  return highestLow <= lowestHigh;
}

function percent(share: number): string {
  return `${number(share)} %`;
}

function number(share: number): string {
  return String(Math.round(share * 100));
}
