import { driveToEnd, type Driving } from '../engine/driving.ts';
import { isIdle, type Executed } from '../machine/executed.ts';
import type { TraceHeader } from '../trace/format.ts';
import type { StepGlance } from '../trace/glance.ts';
import { recordedStep } from '../trace/recorded-step.ts';
import { headerOf, type RecordedRun } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import type { Value } from '../value/value.ts';

/** The run that forks begin with. */
export interface Parent {
  readonly header: TraceHeader;
  readonly length: number;
  /** A step as it was executed. */
  step(stepIndex: number): Executed;
  /** Whether a step can be taken in without being looked at; see {@link isIdle}. */
  isIdle(stepIndex: number): boolean;
  /** The state after a step; -1 for the initial one. */
  stateAt(stepIndex: number): Value;
}

/** A trace as the parent of forks. */
export function parentOf(trace: Trace): Parent {
  const recovered = new Set(trace.index.recoveries.map(({ stepIndex }) => stepIndex));
  return {
    header: trace.header,
    length: trace.length,
    step: (stepIndex) => recordedStep(trace, stepIndex),
    isIdle: (stepIndex) => isIdleGlance(trace.glance(stepIndex)) && !recovered.has(stepIndex),
    stateAt: (stepIndex) => trace.stateAt(stepIndex),
  };
}

function isIdleGlance(glance: StepGlance): boolean {
  const { operation, outcome, hasActions, hasFinding, hasFault, hasRefusedAction } = glance;
  const hasEnded = outcome === 'ok' || outcome === 'err';
  const hasMore = hasActions || hasFinding || hasFault || hasRefusedAction;
  return operation === 'normal' && hasEnded && !hasMore;
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
    step: (stepIndex) => steps[stepIndex] as Executed,
    isIdle: (stepIndex) => isIdle(steps[stepIndex] as Executed),
    stateAt: (at) => (at < 0 ? header.initialState : steps[at]?.after) as Value,
  };
}

/** A run up to a step, whose steps are kept in memory once they were read. */
export function cutParent(parent: Parent, stepsMax: number): Parent {
  const steps = new Map<number, Executed>();
  return {
    header: parent.header,
    length: Math.min(parent.length, stepsMax),
    step(stepIndex) {
      const known = steps.get(stepIndex);
      if (known) return known;
      // A copy, since the states of a recorded step are rebuilt each time they are read.
      const step = { ...parent.step(stepIndex) };
      steps.set(stepIndex, step);
      return step;
    },
    isIdle: (stepIndex) => parent.isIdle(stepIndex),
    stateAt: (stepIndex) => (steps.get(stepIndex)?.after as Value) ?? parent.stateAt(stepIndex),
  };
}
