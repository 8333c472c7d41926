import type { ActionId } from '../../machine/machine.ts';
import { idTest } from '../records/record-search.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';

/** How many steps after the end of an action are searched for further results of it. */
const RESULT_STEPS_MAX = 4_000;
/** The same after the next action under its id. */
const LATE_STEPS_MAX = 256;

/** A step to which a result of an action came, and the action. */
export interface OtherResult {
  readonly stepIndex: number;
  readonly span: TrackedSpan;
}

/**
 * The steps besides its end to which a result of an action came: it got lost, could not be handled, or
 * came although the action had ended. The action has no link to them, so a limited number of steps is
 * searched.
 *
 * @param endedAt the step at which the action ended, or that emitted it if it has not.
 */
export function otherResultsOf(
  trace: Trace,
  id: ActionId,
  { emittedAt, endedAt }: { readonly emittedAt: number; readonly endedAt: number },
): readonly OtherResult[] {
  const found: OtherResult[] = [];
  let end = Math.min(trace.length, endedAt + RESULT_STEPS_MAX);
  let isReused = false;
  const isMeant = idTest(id);
  for (let at = emittedAt + 1; at < end; at += 1) {
    const { operation: kind, hasActions } = trace.glance(at);
    const isResult = kind === 'trackedActionCompleted' || kind === 'loss';
    const isWanted = isResult || (hasActions && !isReused);
    if (!isWanted || !isMeant(trace.line(at))) continue;
    if (!isReused && trace.lastSpanBefore(at, id)?.emittedAt !== emittedAt) {
      isReused = true;
      end = Math.min(end, at + LATE_STEPS_MAX);
    }
    const { operation } = trace.step(at);
    if (!isResult || !('id' in operation) || operation.id !== id) continue;
    const span = trace.spanOfResult(at);
    if (span?.emittedAt === emittedAt) found.push({ stepIndex: at, span });
  }
  return found;
}
