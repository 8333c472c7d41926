import { signatureOf } from '../engine/signature.ts';
import type { Finding } from '../machine/finding.ts';
import type { TraceHeader } from './format/header.ts';
import { lastAtMost } from './last-at-most.ts';
import type { Trace } from './trace.ts';

/** Findings that most likely have the same cause. */
export interface Cause {
  readonly signature: string;
  /** The first of them, as their representative. */
  readonly first: Finding;
  readonly count: number;
  /** The steps that have them, ascending, without duplicates. */
  readonly steps: readonly number[];
}

interface GrowingCause extends Cause {
  count: number;
  readonly steps: number[];
}

/** The groups of a list so far; while a run goes on, its list grows at the end. */
interface Grouped {
  readonly bySignature: Map<string, GrowingCause>;
  length: number;
  causes: readonly Cause[];
}

const known = new WeakMap<readonly Finding[], Grouped>();

/**
 * Groups findings by cause, in the order of the first finding of each. Returns the same result for the
 * same list until that has grown; then only what was added is grouped.
 */
export function causesOf(findings: readonly Finding[]): readonly Cause[] {
  let grouped = known.get(findings);
  if (!grouped) {
    grouped = { bySignature: new Map(), length: 0, causes: [] };
    known.set(findings, grouped);
  }
  if (grouped.length === findings.length) return grouped.causes;
  for (const finding of findings.slice(grouped.length)) add(grouped.bySignature, finding);
  grouped.length = findings.length;
  grouped.causes = [...grouped.bySignature.values()].map((cause) => ({ ...cause }));
  return grouped.causes;
}

function add(bySignature: Map<string, GrowingCause>, finding: Finding): void {
  const signature = signatureOf(finding);
  const cause = bySignature.get(signature);
  if (!cause) {
    const steps = [finding.stepIndex];
    bySignature.set(signature, { signature, first: finding, count: 1, steps });
    return;
  }
  cause.count += 1;
  if (cause.steps.at(-1) !== finding.stepIndex) cause.steps.push(finding.stepIndex);
}

/** The name of the requirement that a signature is about. */
export function nameOfCause(signature: string): string {
  const [, name = ''] = JSON.parse(signature) as readonly string[];
  return name;
}

/** Whether a step has a finding of a cause. */
export function hasCause({ steps }: Cause, stepIndex: number): boolean {
  return steps[lastAtMost(steps, stepIndex)] === stepIndex;
}

/** The step to show when a cause is chosen: its first one, or from one of its steps the next. */
export function stepToShow(cause: Cause, cursor: number): number {
  const { steps, first } = cause;
  if (!hasCause(cause, cursor)) return first.stepIndex;
  return steps[lastAtMost(steps, cursor) + 1] ?? first.stepIndex;
}

/** The findings at a step, or of the initial state at -1. */
export function findingsOf({ findings }: Trace, stepIndex: number): readonly Finding[] {
  const place = ({ stepIndex: at }: Finding) => at;
  const from = lastAtMost(findings, stepIndex - 1, place) + 1;
  return findings.slice(from, lastAtMost(findings, stepIndex, place) + 1);
}

/**
 * The findings at a step, or of the initial state at -1. In a shrunk run, the findings that it was
 * shrunk to come first.
 *
 * @param wanted the signature of a cause whose findings come before all others.
 */
export function findingsAt(trace: Trace, cursor: number, wanted?: string): readonly Finding[] {
  return causeFirst(wanted, soughtFirst(trace.header, findingsOf(trace, cursor)));
}

/** Whether a run was shrunk to a finding at a step, and is as shrinking left it. */
export function isShrunkTo(trace: Trace, stepIndex: number): boolean {
  const { shrunkFrom, forks } = trace.header;
  if (!shrunkFrom || forks) return false;
  return findingsOf(trace, stepIndex).some((one) => signatureOf(one) === shrunkFrom.signature);
}

/** Findings of a trace, in order; those that it was shrunk to come first. */
export function soughtFirst(
  { shrunkFrom }: Pick<TraceHeader, 'shrunkFrom'>,
  findings: readonly Finding[],
): readonly Finding[] {
  return causeFirst(shrunkFrom?.signature, findings);
}

/** Findings in order, but those of one cause first. */
export function causeFirst(
  signature: string | undefined,
  findings: readonly Finding[],
): readonly Finding[] {
  if (signature === undefined) return findings;
  const isOfIt = (finding: Finding) => signatureOf(finding) === signature;
  return [...findings.filter(isOfIt), ...findings.filter((finding) => !isOfIt(finding))];
}
