import { restoreStepAfter } from '../recovery.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import type { Fate } from './graph-model.ts';

/** How a tracked action ended; one that a crash interrupted is lost if restore did not emit it again. */
export function fateOfSpan(trace: Trace, { id, ended }: Pick<TrackedSpan, 'id' | 'ended'>): Fate {
  if (!ended) return { kind: 'outstanding' };
  const { at, how } = ended;
  if (how === 'completed' || how === 'replaced') return { kind: how, at };
  const restoreStep = restoreStepAfter(trace, at);
  const isLost =
    restoreStep !== undefined &&
    trace
      .step(restoreStep)
      .actions.every((action) => action.kind !== 'tracked' || action.id !== id);
  return { kind: isLost ? 'lost' : 'interrupted', at, wasSent: how === 'crashed' };
}
