import type { StepGlance } from '../../core/trace/glance.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { markOf, type Mark } from '../theme/marks.ts';

export type Direction = 'next' | 'previous';

/** Whether a crash begins at a step. A crash inside a step begins there, not in the step after it. */
function isCrashStart(trace: Trace, stepIndex: number): boolean {
  const { operation, outcome } = trace.glance(stepIndex);
  if (outcome === 'crashed') return true;
  if (operation !== 'crash') return false;
  return stepIndex === 0 || trace.glance(stepIndex - 1).outcome !== 'crashed';
}

/** The nearest step on one side at which a process dies. */
export function findCrash(trace: Trace, from: number, direction: Direction): number | undefined {
  const stride = direction === 'next' ? 1 : -1;
  for (let at = from + stride; at >= 0 && at < trace.length; at += stride) {
    if (isCrashStart(trace, at)) return at;
  }
  return undefined;
}

const OTHER_FAULTS: ReadonlySet<Mark | undefined> = new Set<Mark>([
  'storage',
  'refused',
  'duplicate',
  'loss',
  'restoreFailed',
  'restoreRefused',
]);

/** Whether a fault other than a crash strikes in a step. */
export function isOtherFault(glance: StepGlance): boolean {
  // A restore in which the process died is a crash.
  return glance.outcome !== 'crashed' && OTHER_FAULTS.has(markOf(glance));
}

/** Whether the machine itself has rejected its input; an error of a fault is not a rejection. */
export function isRejected({ operation, outcome, hasFault }: StepGlance): boolean {
  return outcome === 'err' && !hasFault && operation !== 'restore';
}
