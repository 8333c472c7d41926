import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { crashesOf } from '../../../core/node/runs/odds.ts';
import type { CrashVerdictInBrief } from '../../../core/trace/words/judged.ts';
import { verdictInBrief } from '../../../core/what-if/crash-everywhere.ts';
import { Batch } from './batch.ts';
import type { CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Crashes a run at every point; verdicts are reported as they become known. */
export const crashEverywhere: CarryOut<'crashEverywhere'> = (context, { inputs }) =>
  withTrace(context.tracePath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, inputs);
    const batch = new Batch<CrashVerdictInBrief>(context, (verdicts) =>
      context.report({
        kind: 'crashed',
        verdicts,
        steps: (verdicts.at(-1)?.stepIndex ?? -1) + 1,
      }),
    );
    const { isStopped } = await crashesOf(loaded, trace, {
      onVerdict: (verdict) => batch.add(verdictInBrief(verdict)),
      isCancelled: () => batch.breathe(),
    });
    batch.flush();
    return isStopped ? 'cancelled' : 'completed';
  });
