import type { SweepRunSettings } from '../../core/contract/tasks.ts';
import {
  parseOperations,
  parseSeed,
  parseSeedCount,
  parseTime,
  toSeedRange,
  type Parsed,
} from '../../core/text/quantities.ts';
import { problemOf, problemOfScenario, type SettingsDraft } from './settings.ts';

/** The settings of a sweep while they are being typed; the toolbar holds the others. */
export interface SweepDraft {
  /** Whether the sweep ends after a number of seeds, or after a time. */
  readonly by: 'count' | 'time';
  readonly count: string;
  /** Such as `60s`, `10m` or `2h`. */
  readonly time: string;
  /** The first seed. */
  readonly from: string;
  /** Whether it is watched which lines the seeds execute. */
  readonly hasCoverage: boolean;
}

export const SWEEP_DRAFT_DEFAULT: SweepDraft = {
  by: 'count',
  count: '200',
  time: '1m',
  from: '0',
  hasCoverage: false,
};

/** What is wrong with the settings of a sweep, in sentences, by field. */
export interface SweepProblems {
  readonly count?: string;
  readonly time?: string;
  readonly from?: string;
  /** Of the toolbar. */
  readonly operations?: string;
  readonly scenario?: string;
}

/** Parses the fields of the sweep form into the settings of a sweep, or into problems. */
export function readSweep(
  draft: SweepDraft,
  { seed: _, operations, ...rest }: SettingsDraft,
):
  | { readonly kind: 'ok'; readonly settings: SweepRunSettings }
  | { readonly kind: 'err'; readonly problems: SweepProblems } {
  const from = parseSeed(draft.from);
  const operationsMax = parseOperations(operations);
  const scenario = problemOfScenario(rest);
  const limit = draft.by === 'count' ? readCount(draft.count, from) : readTime(draft.time);
  if (from.kind === 'ok' && operationsMax.kind === 'ok' && limit.kind === 'ok' && !scenario) {
    return {
      kind: 'ok',
      settings: {
        ...rest,
        operationsMax: operationsMax.value,
        from: from.value.toString(),
        ...limit.value,
        ...(draft.hasCoverage ? { hasCoverage: true } : {}),
      },
    };
  }
  const problems = {
    [draft.by]: problemOf(limit),
    from: problemOf(from),
    operations: problemOf(operationsMax),
    scenario,
  };
  return {
    kind: 'err',
    problems: Object.fromEntries(Object.entries(problems).filter(([, text]) => text !== undefined)),
  };
}

type Limit = Parsed<Pick<SweepRunSettings, 'count' | 'timeBudgetMs'>>;

function readCount(text: string, from: Parsed<bigint>): Limit {
  const count = parseSeedCount(text);
  if (count.kind === 'err') return count;
  const seeds = toSeedRange(from.kind === 'ok' ? from.value : 0n, count.value);
  return seeds.kind === 'err' ? seeds : { kind: 'ok', value: { count: count.value } };
}

function readTime(text: string): Limit {
  const timeMs = parseTime(text);
  return timeMs.kind === 'err' ? timeMs : { kind: 'ok', value: { timeBudgetMs: timeMs.value } };
}

/** The seeds of a sweep: `seeds 0 to 199`, or `from seed 0 for 60 s`. */
export function describeSeeds({ from, count, timeBudgetMs }: SweepRunSettings): string {
  if (count === undefined) return `from seed ${from} for ${formatTime(timeBudgetMs ?? 0)}`;
  if (count === 1) return `seed ${from}`;
  return `seeds ${from} to ${BigInt(from) + BigInt(count) - 1n}`;
}

/** A time in few words: `0.8 s`, `42 s`, `3 min 5 s`, `2 h`. */
export function formatTime(timeMs: number): string {
  if (timeMs < 10_000) return `${(timeMs / 1_000).toFixed(timeMs % 1_000 === 0 ? 0 : 1)} s`;
  const seconds = Math.floor(timeMs / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .slice(0, 2)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
