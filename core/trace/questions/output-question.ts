import { RUN_PRINTED_CHARS_MAX } from '../../limits.ts';
import type { Printed } from '../../machine/printed.ts';
import type { Trace } from '../trace.ts';
import { QUIET_SCANS } from './expression-questions.ts';

/** What was printed in a step. */
export interface StepOutput {
  readonly stepIndex: number;
  readonly output: readonly Printed[];
}

/** Parts are sent when they have this many characters. */
const PART_CHARS = 64 * 1024;

/**
 * What was printed in the steps of a trace, ascending: all of a run that was recorded here. Of more than
 * that, such as a file from elsewhere may have, it returns that it is not whole.
 *
 * @param from the steps before it are left out.
 */
export function* listOutput(
  trace: Trace,
  { from }: { readonly from: number },
): Generator<{ searched: number; steps: readonly StepOutput[] }, { isWhole: boolean }, undefined> {
  let steps: StepOutput[] = [];
  let [chars, total] = [0, 0];
  for (let at = from; at < trace.length; at += 1) {
    if (trace.glance(at).hasOutput) {
      const { output } = trace.step(at);
      steps.push({ stepIndex: at, output });
      chars += output.reduce((sum, { text }) => sum + text.length, 0);
    }
    const isDue = chars >= PART_CHARS || (at + 1 - from) % QUIET_SCANS === 0;
    if (!isDue) continue;
    yield { searched: at + 1, steps };
    total += chars;
    [steps, chars] = [[], 0];
    // The last step of a full run goes beyond the limit.
    if (total > 2 * RUN_PRINTED_CHARS_MAX) return { isWhole: false };
  }
  yield { searched: trace.length, steps };
  return { isWhole: true };
}
