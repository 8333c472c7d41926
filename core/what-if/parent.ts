import { driveToEnd, type Driving } from '../engine/driving.ts';
import { isIdle, type Executed, type UnreadStep } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { TraceHeader } from '../trace/format/header.ts';
import type { StepGlance } from '../trace/glance.ts';
import { passSteps, recordedStep } from '../trace/recorded-step.ts';
import { headerOf, type RecordedRun } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import type { Value } from '../value/value.ts';

/** The run that forks begin with. */
export interface Parent {
  readonly header: TraceHeader;
  readonly length: number;
  /** What was found in the whole run. */
  readonly findings: readonly Finding[];
  /** A step as it was executed. */
  step(stepIndex: number): Executed;
  /** Whether a step can be taken in without being looked at; see {@link isIdle}. */
  isIdle(stepIndex: number): boolean;
  /**
   * Whether a step is known once its operation is: it has emitted nothing, and nothing was found in it, though the
   * process may have died in it, or a fault have rolled it back.
   */
  isOutlined(stepIndex: number): boolean;
  /** The state after a step; -1 for the initial one. */
  stateAt(stepIndex: number): Value;
  /**
   * Passes the steps from one to before another, in order: quicker than one by one. Each is to be looked at in the
   * call that it is given to.
   */
  walk(from: number, to: number, pass: (step: UnreadStep) => void): void;
}

/** A trace as the parent of forks. */
export function parentOf(trace: Trace): Parent {
  const recovered = new Set(trace.index.recoveries.map(({ stepIndex }) => stepIndex));
  return {
    header: trace.header,
    length: trace.length,
    findings: trace.findings,
    step: (stepIndex) => recordedStep(trace, stepIndex),
    isIdle: (stepIndex) => isIdleGlance(trace.glance(stepIndex)) && !recovered.has(stepIndex),
    isOutlined: (stepIndex) =>
      isOutlinedGlance(trace.glance(stepIndex)) && !recovered.has(stepIndex),
    stateAt: (stepIndex) => trace.stateAt(stepIndex),
    walk: (from, to, pass) => passSteps(trace, from, to, pass),
  };
}

function isIdleGlance(glance: StepGlance): boolean {
  const { operation, outcome, hasActions, hasFinding, hasFault, hasRefusedAction } = glance;
  const hasEnded = outcome === 'ok' || outcome === 'err';
  const hasMore = hasActions || hasFinding || hasFault || hasRefusedAction;
  return operation === 'normal' && hasEnded && !hasMore;
}

function isOutlinedGlance(glance: StepGlance): boolean {
  const { operation, outcome, hasActions, hasFinding, hasFault, hasRefusedAction } = glance;
  if (operation !== 'normal' && operation !== 'crash' && operation !== 'restore') return false;
  if (hasActions || hasFinding || hasRefusedAction) return false;
  // A machine that goes on after a fault may have caught it, which must be looked at.
  return outcome === 'ok' ? !hasFault : outcome === 'err' || outcome === 'crashed';
}

/**
 * Executes a run to its end as the parent of many forks: its steps stay in memory, so that none of them need
 * be read again. Meant for runs of some thousand steps.
 *
 * @throws {ScenarioError} when the scenario throws.
 */
export async function parentInMemory(recorded: RecordedRun, driving?: Driving): Promise<Parent> {
  const header = headerOf(recorded);
  const steps: Executed[] = [];
  await driveToEnd(recorded.run, { ...driving, observe: (step) => steps.push(step) });
  return parentOfSteps(header, steps);
}

/** A run of which all steps are at hand, as the parent of forks. */
export function parentOfSteps(header: TraceHeader, steps: readonly Executed[]): Parent {
  return {
    header,
    length: steps.length,
    findings: [...header.initialFindings, ...steps.flatMap(({ findings }) => findings)],
    step: (stepIndex) => steps[stepIndex] as Executed,
    isIdle: (stepIndex) => isIdle(steps[stepIndex] as Executed),
    isOutlined: (stepIndex) => isIdle(steps[stepIndex] as Executed),
    stateAt: (at) => (at < 0 ? header.initialState : steps[at]?.after) as Value,
    walk: (from, to, pass) => {
      for (let at = from; at < to; at += 1) pass(unreadStep(steps[at] as Executed));
    },
  };
}

function unreadStep(step: Executed): UnreadStep {
  const { before, operation } = step;
  const hasFault = 'fault' in operation && operation.fault !== undefined;
  const itself = () => step;
  return { before, operation: operation.kind, hasFault, as: itself, read: itself };
}

/** A run up to a step. */
export function cutParent(parent: Parent, stepsMax: number): Parent {
  return { ...parent, length: Math.min(parent.length, stepsMax) };
}

/** The most steps of a run that are kept in memory: each may hold states of its own. */
export const KEPT_STEPS_MAX = 10_000;

/**
 * A run whose steps are kept in memory once they were read, for many forks: the run itself when it has more than
 * {@link KEPT_STEPS_MAX}. Walks keep nothing, since each step is passed once.
 */
export function keptParent(parent: Parent): Parent {
  if (parent.length > KEPT_STEPS_MAX) return parent;
  const steps = new Map<number, Executed>();
  const step = (stepIndex: number) => {
    const known = steps.get(stepIndex);
    if (known) return known;
    // A copy, since the states of a recorded step are rebuilt each time they are read.
    const read = { ...parent.step(stepIndex) };
    steps.set(stepIndex, read);
    return read;
  };
  return {
    ...parent,
    step,
    stateAt: (stepIndex) => (steps.get(stepIndex)?.after as Value) ?? parent.stateAt(stepIndex),
  };
}
