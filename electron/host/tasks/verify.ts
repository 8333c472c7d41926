import type { Verified } from '../../../core/contract/window.ts';
import { driveToEnd } from '../../../core/engine/driving.ts';
import { verifierOf } from '../../../core/node/runs/planning.ts';
import { explainRuntime } from '../../../core/node/runs/runtime.ts';
import { formatStep } from '../../../core/trace/format.ts';
import { TraceBuilder } from '../../../core/trace/trace-builder.ts';
import type { Difference } from '../../../core/trace/verify.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';

/** Executes the trace that the window sends, and compares every step. */
export const verify: CarryOut<'verify'> = async (context) => {
  const builder = new TraceBuilder();
  for await (const text of context.text()) builder.push(text);
  if (context.isCancelled) return 'cancelled';
  if (!builder.trace) throw new Error('the trace to verify has no header');
  const verifier = verifierOf(context.loaded, builder.trace);
  let reportedMs = performance.now();
  const goOn = async () => {
    reportedMs = performance.now();
    context.report({ kind: 'progress', steps: verifier.steps });
    await context.breathe();
    return !context.isCancelled;
  };
  const isOver = await driveToEnd(verifier, {
    pulse: () => performance.now() - reportedMs < REPORT_MS || goOn(),
  });
  if (!isOver) return 'cancelled';
  const runtimeNote = explainRuntime(builder.trace.header.runtime);
  const verified = toVerified(verifier.difference);
  const isExplained = verified.kind !== 'agrees' && runtimeNote !== undefined;
  context.report({
    kind: 'verified',
    verified: isExplained ? { ...verified, runtimeNote } : verified,
  });
  return 'completed';
};

function toVerified(difference: Difference | undefined): Verified {
  if (!difference) return { kind: 'agrees' };
  if (difference.kind !== 'step') return difference;
  const { stepIndex, fields, expected, actual } = difference;
  return {
    kind: 'step',
    stepIndex,
    fields: [...fields],
    expectedLine: formatStep(expected),
    actualLine: formatStep(actual),
  };
}
