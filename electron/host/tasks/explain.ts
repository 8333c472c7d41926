import { signatureOf } from '../../../core/engine/signature.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { explainedOf, explainTrace, type Explanation } from '../../../core/node/runs/explaining.ts';
import { ProblemError } from '../../../core/problem.ts';
import { formatFork, placeOf, type Fork } from '../../../core/trace/format/fork.ts';
import type { JudgedStep } from '../../../core/trace/words/judged.ts';
import type { Part } from '../../../core/what-if/parts.ts';
import { Batch } from './batch.ts';
import type { CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Explains a finding; the parts are reported as they are judged. */
export const explain: CarryOut<'explain'> = (context, { signature, stepIndex, inputs }) =>
  withTrace(context.tracePath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, inputs);
    const finding = trace.findings.find(
      (one) => one.stepIndex === stepIndex && signatureOf(one) === signature,
    );
    if (!finding) throw new ProblemError({ title: 'The run has no such finding any more.' });
    let [made, of] = [0, 0];
    const batch = new Batch<JudgedStep>(context, (parts) =>
      context.report({ kind: 'judged', parts, made, of }),
    );
    const explanation = await explainTrace(loaded, trace, finding, {
      onJudged: ({ part, need }, judged, all) => {
        [made, of] = [judged, all];
        batch.add({ kind: part.kind, stepIndex: part.stepIndex, need });
      },
      isCancelled: () => batch.breathe(),
    });
    batch.flush();
    // A stopped explanation reports what it has found so far.
    context.report({ kind: 'explained', ...toReport(explanation) });
    return explanation.found.isStopped ? 'cancelled' : 'completed';
  });

function toReport(explanation: Explanation) {
  const { nearest } = explanation.found;
  return {
    ...explainedOf(explanation),
    ...(nearest ? { nearest: formatFork(forkWithout(nearest)) } : {}),
  };
}

function forkWithout({ without }: Part): Fork {
  return {
    from: Math.min(...without.map(placeOf)),
    changes: without,
    goesOn: 'sameOperations',
  };
}
