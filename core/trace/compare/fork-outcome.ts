import type { Finding } from '../../machine/finding.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import type { Trace } from '../trace.ts';
import { compareFindings, type FindingsComparison } from './compare.ts';

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

/** A comparison in one line: "1 cause gone · 2 new · ends in another state". */
export function describeOutcome({ endsInSameState, gone, added, moved }: ForkOutcome): string {
  const counts = [
    gone.length > 0 && `${formatPlural(gone.length, 'cause')} gone`,
    added.length > 0 && `${formatCount(added.length)} new`,
    moved.length > 0 && `${formatCount(moved.length)} elsewhere`,
  ].filter((part) => part !== false);
  const findings = counts.length > 0 ? counts : ['same findings'];
  return [...findings, `ends in ${endsInSameState ? 'the same' : 'another'} state`].join(' · ');
}
