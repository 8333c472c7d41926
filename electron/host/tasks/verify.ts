import type { Verified } from '../../../core/contract/verified.ts';
import { driveToEnd } from '../../../core/engine/driving.ts';
import { verifierOf } from '../../../core/node/runs/planning.ts';
import { explainRuntime } from '../../../core/node/runs/runtime.ts';
import type { Difference } from '../../../core/trace/compare/verify.ts';
import { formatStep } from '../../../core/trace/format/format.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { REPORT_MS, type CarryOut, type TaskContext } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Executes the trace of a file, and compares every step. */
export const verify: CarryOut<'verify'> = (context) =>
  withTrace(context.tracePath, context, (trace) => compare(context, trace));

async function compare(
  context: TaskContext<'verify'>,
  trace: Trace,
): Promise<'completed' | 'cancelled'> {
  const verifier = await verifierOf(context.loaded, trace);
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
  const runtimeNote = explainRuntime(trace.header.runtime);
  const verified = toVerified(verifier.difference);
  const isExplained = verified.kind !== 'agrees' && runtimeNote !== undefined;
  context.report({
    kind: 'verified',
    verified: isExplained ? { ...verified, runtimeNote } : verified,
  });
  return 'completed';
}

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
