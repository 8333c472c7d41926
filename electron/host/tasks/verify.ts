import type { Verified } from '../../../core/api/contract.ts';
import { formatStep } from '../../../core/trace/format.ts';
import { TraceBuilder } from '../../../core/trace/trace-builder.ts';
import { Verifier, type Difference } from '../../../core/trace/verify.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';

/** Steps of a verification between two looks at the clock. */
const SLICE_STEPS = 100;

/** Executes the trace that the window feeds to it, and compares. */
export const verify: CarryOut<'verify'> = async (context) => {
  const builder = new TraceBuilder();
  for await (const text of context.text()) builder.push(text);
  if (context.isCancelled) return 'cancelled';
  if (!builder.trace) throw new Error('the trace to verify has no header');
  const { machine, scenarios, locate, guard } = context.loaded;
  const scenario = scenarios.find(({ name }) => name === builder.trace?.header.scenario);
  const options = { locate, guard, ...(scenario ? { scenario } : {}) };
  const verifier = new Verifier(builder.trace, machine, options);
  let reportedMs = performance.now();
  while (await verifier.advance(SLICE_STEPS)) {
    if (performance.now() - reportedMs < REPORT_MS) continue;
    reportedMs = performance.now();
    context.report({ kind: 'progress', steps: verifier.steps });
    await context.breathe();
    if (context.isCancelled) return 'cancelled';
  }
  context.report({ kind: 'verified', verified: toVerified(verifier.difference) });
  return 'completed';
};

function toVerified(difference: Difference | undefined): Verified {
  if (!difference) return { kind: 'agrees' };
  if (difference.kind === 'initialState') return difference;
  const { stepIndex, fields, expected, actual } = difference;
  return {
    kind: 'step',
    stepIndex,
    fields: [...fields],
    expectedLine: formatStep(expected),
    actualLine: formatStep(actual),
  };
}
