import { coverOperations } from '../../../core/node/coverage/coverage.ts';
import { operationsAsNeeded } from '../../../core/trace/compare/verify.ts';
import { parseOperation } from '../../../core/trace/format/format.ts';
import { decodeValue } from '../../../core/value/encoding.ts';
import { parseJson } from '../../../core/value/json.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Executes a step, or all steps of a trace, under coverage. */
export const cover: CarryOut<'cover'> = async (context, { step }) => {
  const { loaded } = context;
  if (step) {
    const operations = [parseOperation(parseJson(step.operation))];
    const initialState = decodeValue(parseJson(step.state));
    const coverage = await coverOperations(loaded, { operations, initialState });
    if (coverage) context.report({ kind: 'covered', coverage });
    return 'completed';
  }
  return withTrace(context.tracePath, context, async (trace) => {
    let [steps, reportedMs] = [0, performance.now()];
    const goOn = async () => {
      reportedMs = performance.now();
      context.report({ kind: 'progress', steps, of: trace.length });
      await context.breathe();
      return !context.isCancelled;
    };
    const coverage = await coverOperations(loaded, {
      operations: operationsAsNeeded(trace),
      pulse: (more) => {
        steps += more;
        return performance.now() - reportedMs < REPORT_MS || goOn();
      },
    });
    if (!coverage) return 'cancelled';
    context.report({ kind: 'covered', coverage });
    return 'completed';
  });
};
