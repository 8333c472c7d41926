import type { Finding } from '../machine/finding.ts';
import { formatCount, formatPlural } from '../text/quantities.ts';
import { compareFindings, type FindingsComparison } from './compare.ts';
import type { Trace } from './trace.ts';

/** How a run ended. */
export interface RunEnd {
  readonly findings: readonly Finding[];
  /** The digest of its last state. */
  readonly stateHash: string;
}

/** How a fork ended, compared with its parent. */
export interface ForkOutcome extends FindingsComparison {
  readonly endsInSameState: boolean;
}

/**
 * How the run of a trace ended.
 *
 * @throws {LinesNotLoaded} when the line of its last change must be fetched first.
 */
export function endOf(trace: Trace): RunEnd {
  return { findings: trace.findings, stateHash: trace.stateHashAt(trace.length - 1) };
}

/** Compares how a fork ended with how its parent did. */
export function compareEnds(parent: RunEnd, fork: RunEnd): ForkOutcome {
  return {
    ...compareFindings(parent.findings, fork.findings),
    endsInSameState: parent.stateHash === fork.stateHash,
  };
}

/** A comparison in one line: "Ends in another state · 1 finding gone · 2 new". */
export function describeOutcome({ endsInSameState, gone, added, moved }: ForkOutcome): string {
  const state = endsInSameState ? 'Ends in the same state' : 'Ends in another state';
  const counts = [
    gone.length > 0 && `${formatPlural(gone.length, 'cause')} gone`,
    added.length > 0 && `${formatCount(added.length)} new`,
    moved.length > 0 && `${formatCount(moved.length)} elsewhere`,
  ].filter((part) => part !== false);
  return [state, ...(counts.length > 0 ? counts : ['the same findings'])].join(' · ');
}
