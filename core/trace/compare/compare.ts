import { assertNever } from '../../assert.ts';
import { causeWithoutPlace } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { causesOf } from '../causes.ts';
import type { Step, StepPart } from '../format/format.ts';
import type { TraceHeader } from '../format/header.ts';
import type { Trace } from '../trace.ts';
import { differingParts } from './differing-parts.ts';

/** The first difference between two runs. */
export type RunDifference =
  | { readonly kind: 'initialState'; readonly before: Value; readonly after: Value }
  | {
      readonly kind: 'step';
      readonly stepIndex: number;
      readonly parts: readonly StepPart[];
      readonly before: Step;
      readonly after: Step;
    }
  /** One run has the steps of the other, and more. */
  | { readonly kind: 'length'; readonly before: number; readonly after: number };

/** A cause of findings in two runs, with where it occurs in each; absent where it does not. */
export interface ComparedCause {
  /** A representative of the cause. */
  readonly finding: Finding;
  readonly before?: CauseOccurrence;
  readonly after?: CauseOccurrence;
}

/** The first step with a finding of a cause, and the number of such findings. */
export interface CauseOccurrence {
  readonly stepIndex: number;
  readonly count: number;
}

/** The causes that only one run has, that only the other one has, and that occur elsewhere in it. */
export interface FindingsComparison {
  readonly gone: readonly ComparedCause[];
  readonly added: readonly ComparedCause[];
  readonly moved: readonly ComparedCause[];
}

/** How a change of the source changed a run. */
export interface RunComparison extends FindingsComparison {
  /** Absent when the runs are the same, step by step. */
  readonly difference?: RunDifference;
  /** Steps that both runs share, from the first one on. */
  readonly sameSteps: number;
}

/** Where two runs first differ, without what they are there. */
export type DifferencePlace =
  | { readonly kind: 'none' | 'initialState' | 'length' }
  | { readonly kind: 'step'; readonly stepIndex: number; readonly parts: readonly StepPart[] };

/** Compares a run before and after a change of its source. */
export function compareRuns(before: Trace, after: Trace): RunComparison {
  const search = firstDifference(before, after);
  let next = search.next();
  while (next.done !== true) next = search.next();
  return comparisonAt(before, after, next.value);
}

/**
 * The comparison of two runs that first differ at a place.
 *
 * @throws {LinesNotLoaded} when one of the two steps must be fetched first.
 */
export function comparisonAt(before: Trace, after: Trace, place: DifferencePlace): RunComparison {
  const difference = differenceAt(before, after, place);
  return {
    ...(difference ? { difference } : {}),
    sameSteps: sameStepsOf(difference, Math.min(before.length, after.length)),
    ...compareFindings(before.findings, after.findings),
  };
}

/** Compares the findings of two runs by their causes. */
export function compareFindings(
  before: readonly Finding[],
  after: readonly Finding[],
): FindingsComparison {
  const causes = compareCauses(before, after);
  return {
    gone: causes.filter((cause) => !cause.after),
    added: causes.filter((cause) => !cause.before),
    moved: causes.filter(
      (cause) => cause.before && cause.after && !sameValue(cause.before, cause.after),
    ),
  };
}

function differenceAt(
  before: Trace,
  after: Trace,
  place: DifferencePlace,
): RunDifference | undefined {
  switch (place.kind) {
    case 'none':
      return undefined;
    case 'initialState': {
      const states = { before: before.header.initialState, after: after.header.initialState };
      return { kind: 'initialState', ...states };
    }
    case 'step': {
      const { stepIndex } = place;
      return { ...place, before: before.step(stepIndex), after: after.step(stepIndex) };
    }
    case 'length':
      return { kind: 'length', before: before.length, after: after.length };
    default:
      return assertNever(place, 'place');
  }
}

function sameStepsOf(difference: RunDifference | undefined, common: number): number {
  if (difference?.kind === 'initialState') return 0;
  return difference?.kind === 'step' ? difference.stepIndex : common;
}

/** The number of lines that are compared as text at a time; steps are parsed only where they differ. */
const CHUNK_LINES = 4_096;

function sameInitialState({ header: one }: Trace, { header: other }: Trace): boolean {
  if (one.digests === other.digests) return one.initialHash === other.initialHash;
  return sameValue(one.initialState, other.initialState);
}

/** Finds where two runs first differ. Yields now and then, so that the caller can stop in between. */
export function* firstDifference(
  before: Trace,
  after: Trace,
): Generator<undefined, DifferencePlace, undefined> {
  if (!sameInitialState(before, after)) return { kind: 'initialState' };
  // Digests that are made in different ways say nothing; the patches say what differs.
  const areComparable = before.header.digests === after.header.digests;
  const common = Math.min(before.length, after.length);
  for (let from = 0; from < common; from += CHUNK_LINES) {
    yield;
    const to = Math.min(from + CHUNK_LINES, common);
    const lines = after.lines(from, to);
    for (const [at, line] of before.lines(from, to).entries()) {
      if (line === lines[at]) continue;
      const stepIndex = from + at;
      const [one, other] = [before.step(stepIndex), after.step(stepIndex)];
      const parts = differingParts(one, other, () => before.stateAt(stepIndex - 1)).filter(
        (part) => areComparable || part !== 'stateHash',
      );
      if (parts.length > 0) return { kind: 'step', stepIndex, parts };
    }
  }
  return { kind: before.length === after.length ? 'none' : 'length' };
}

/** Matches causes by their signature without its place, since an edit moves lines. */
export function compareCauses(
  before: readonly Finding[],
  after: readonly Finding[],
): readonly ComparedCause[] {
  const [old, now] = [occurrencesOf(before), occurrencesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [one, other] = [old.get(key), now.get(key)];
    const finding = other?.finding ?? one?.finding;
    if (!finding) return [];
    return [
      {
        finding,
        ...(one ? { before: one.occurrence } : {}),
        ...(other ? { after: other.occurrence } : {}),
      },
    ];
  });
}

interface Occurring {
  readonly finding: Finding;
  readonly occurrence: CauseOccurrence;
}

function occurrencesOf(findings: readonly Finding[]): ReadonlyMap<string, Occurring> {
  const found = new Map<string, Occurring>();
  for (const { signature, first, count } of causesOf(findings)) {
    const key = causeWithoutPlace(signature);
    const known = found.get(key);
    found.set(key, {
      finding: known?.finding ?? first,
      occurrence: {
        stepIndex: known?.occurrence.stepIndex ?? first.stepIndex,
        count: (known?.occurrence.count ?? 0) + count,
      },
    });
  }
  return found;
}

/**
 * Whether two runs are of one seed on two machines, or on two sources of one, both drawn by the scenario: once the
 * machines do different things, the scenario may draw other operations for each.
 */
export function isOneSeedOfTwo(a: TraceHeader, b: TraceHeader): boolean {
  const isDrawn = [a, b].every(({ forks, shrunkFrom }) => !forks && !shrunkFrom);
  const isOneSeed = (['scenario', 'seed', 'faults', 'operationsMax'] as const).every(
    (name) => a[name] === b[name],
  );
  return isDrawn && isOneSeed && (a.machine !== b.machine || a.sourceHash !== b.sourceHash);
}
