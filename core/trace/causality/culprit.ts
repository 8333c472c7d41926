import { shapeOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import type { ActionId } from '../../machine/machine.ts';
import { idTest } from '../records/record-search.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';

/** A search yields after this many steps. */
const QUIET_STEPS = 256;

/**
 * The steps after which the cause of a finding is named, apart from its own step, which it is named after
 * in most cases: for a settled property that is about a tracked action, the last result of that action that
 * had an effect, or the emission of an action without one; and the step that caught a failure which the
 * finding follows from. Yields from time to time.
 */
export function* findCulprits(
  trace: Trace,
  finding: Finding,
): Generator<undefined, readonly number[], undefined> {
  const { stepIndex, kind, about, caught } = finding;
  const culprits = caught === undefined ? [] : [caught.stepIndex];
  if (kind === 'settled' && about !== undefined) {
    const last = (yield* lastEffect(trace, finding, about)) ?? emissionOf(trace, stepIndex, about);
    if (last !== undefined) culprits.push(last);
  }
  return [...new Set(culprits)].filter((culprit) => culprit >= 0 && culprit < stepIndex);
}

/** The last step that took a result of an action in and did something, as `settled` judges it. */
function* lastEffect(
  trace: Trace,
  { stepIndex, shape }: Finding,
  id: ActionId,
): Generator<undefined, number | undefined, undefined> {
  const isMeant = idTest(id);
  for (let at = stepIndex - 1; at >= 0; at -= 1) {
    if (at % QUIET_STEPS === 0) yield undefined;
    const { operation: kind, outcome, hasChangedState, hasActions } = trace.glance(at);
    if (kind !== 'trackedActionCompleted' || outcome !== 'ok') continue;
    if ((!hasChangedState && !hasActions) || !isMeant(trace.line(at))) continue;
    const { operation } = trace.step(at);
    if ('id' in operation && operation.id === id && shapeOf(operation) === shape) return at;
  }
  return undefined;
}

/** The action of an earlier step that a finding of a rule is about. */
export function spanAbout(
  trace: Trace,
  { kind, about, stepIndex }: Finding,
): TrackedSpan | undefined {
  return kind === 'rule' && about !== undefined
    ? trace.lastSpanBefore(stepIndex, about)
    : undefined;
}

function emissionOf(trace: Trace, stepIndex: number, id: ActionId): number | undefined {
  return trace.lastSpanBefore(stepIndex, id)?.emittedAt;
}
