import type { SeedClaim } from '../../core/sweep/confidence.ts';
import {
  FAILED_SEEDS_MAX,
  type Mend,
  type StillFailing,
  type SweptMend,
} from '../../core/sweep/mend.ts';
import { FAILING_LISTED_MAX, type SweepReport } from '../../core/sweep/report.ts';
import { nameOfCause } from '../../core/trace/causes.ts';
import { formatCount, formatPlural } from './format.ts';
import { shownLine, shownName } from './shown.ts';

/** How a sweep stands that asks whether a machine is mended. */
export interface MendStanding {
  readonly mend: Mend;
  readonly verdict: SweptMend;
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** New seeds that came to their end, of how many. */
  readonly seeds: number;
  readonly seedsMax: number;
  /** Failed and saved seeds that are still to be tried, while the sweep goes on. */
  readonly failedLeft: number;
  /** Those that were tried; absent until the sweep is over. */
  readonly tried?: SweepReport['regressions'] | undefined;
}

/** What fails, for the end of a sentence: ` with “coins are few”`; nothing, if every finding counts. */
export function withCauses({ causes }: Pick<Mend, 'causes'>): string {
  const [first, ...others] = causes ?? [];
  if (first === undefined) return '';
  return others.length === 0
    ? ` with “${shownLine(nameOfCause(first))}”`
    : ` with one of ${formatPlural(others.length + 1, 'cause')}`;
}

/** A claim about all seeds: `with 95 % confidence, fewer than 1 in 1 000 seeds fail`. */
export function describeSeedClaim({ oneIn, confidencePercent }: SeedClaim): string {
  return `with ${confidencePercent} % confidence, fewer than 1 in ${formatCount(oneIn)} seeds fail`;
}

/** The verdict in a few words, for a list. */
export function briefOfMend({ verdict, status }: MendStanding): string {
  switch (verdict.kind) {
    case 'fails':
      return `not mended: seed ${verdict.failing.seed} fails`;
    case 'mended':
      return `mended: fewer than 1 in ${formatCount(verdict.claim?.oneIn ?? 0)} fail`;
    case 'undecided':
      return status === 'running' ? 'is it mended?' : 'not decided';
  }
}

/** The verdict as a title. */
export function titleOfMend({ verdict, status }: MendStanding): string {
  switch (verdict.kind) {
    case 'fails':
      return 'Not mended';
    case 'mended':
      return 'Mended, as far as seeds can tell';
    case 'undecided':
      return status === 'running' ? 'Is it really mended?' : 'Not decided';
  }
}

/** The verdict in sentences, with the number of runs that it took. */
export function describeMend(standing: MendStanding): string {
  const { mend, verdict, status, seeds, seedsMax, failedLeft } = standing;
  if (verdict.kind === 'fails') return `${describeFailing(verdict.failing)} ${runsTaken(standing)}`;
  const claim = verdict.claim && `${describeSeedClaim(verdict.claim)}${withCauses(mend)}`;
  if (verdict.kind === 'mended' && claim !== undefined) {
    return `${capital(claim)}. ${runsTaken(standing)}`;
  }
  if (status === 'running' && failedLeft > 0 && seeds === 0) {
    return `The seeds that failed are tried first: ${formatCount(failedLeft)} left.`;
  }
  const sofar = claim === undefined ? '' : ` So far: ${claim}.`;
  const share = `${formatCount(seeds)} of ${formatPlural(seedsMax, 'new seed')}`;
  return status === 'running'
    ? `${share} passed.${sofar}`
    : `It ended after ${share}.${sofar}${untriedOf(standing)}`;
}

function describeFailing({ seed, name, message, isKnown, ...under }: StillFailing): string {
  const settings = [under.scenario, under.faults].filter((part) => part !== undefined);
  const where = settings.length === 0 ? '' : ` (${settings.join(', ')})`;
  const how = name === undefined ? `: ${shownLine(message)}` : ` with “${shownName(name)}”.`;
  return `Seed ${seed}${where}${isKnown ? ' still' : ''} fails${how}`;
}

function runsTaken(standing: MendStanding): string {
  const { seeds, tried = [] } = standing;
  const again = tried.filter(({ untried }) => untried === undefined).length;
  const total = formatPlural(again + seeds, 'run');
  const parts = `${formatPlural(again, 'seed')} that had failed and ${formatCount(seeds)} new`;
  const ones = again === 0 ? '' : `: ${parts} ${seeds === 1 ? 'one' : 'ones'}`;
  return `That took ${total}${ones}.${untriedOf(standing)}`;
}

/** A claim holds although seeds that failed could not be tried: that is said. */
function untriedOf({ mend, tried = [], status, verdict }: MendStanding): string {
  const untried = tried.filter((one) => one.untried !== undefined);
  const [first] = untried;
  // After a failure, and after a stop, there was no time for all of them.
  if (status === 'running' || verdict.kind !== 'mended') return '';
  const others = describeLeftOut(mend.leftOut);
  if (!first) return others;
  const were = untried.length === 1 ? 'was' : 'were';
  return ` ${formatPlural(untried.length, 'seed')} that had failed ${were} not tried: ${shownLine(first.untried ?? '')}.${others}`;
}

/** The seeds that had failed, of which there are more than are tried: a sentence after others, or nothing. */
export function describeLeftOut(leftOut = 0): string {
  if (leftOut === 0) return '';
  const are = leftOut === 1 ? 'is' : 'are';
  return ` ${formatPlural(leftOut, 'more seed')} that failed ${are} left out: a sweep lists ${formatCount(FAILING_LISTED_MAX)} of a cause, and at most ${formatCount(FAILED_SEEDS_MAX)} are tried again.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
