import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { forkSubjectOf } from '../../../core/node/runs/fork-subject.ts';
import { toForkProblem } from '../../../core/node/runs/forking.ts';
import type { CrashVerdictInBrief } from '../../../core/trace/words/judged.ts';
import {
  crashEverywhere as crash,
  verdictInBrief,
} from '../../../core/what-if/crash-everywhere.ts';
import { parentOf } from '../../../core/what-if/parent.ts';
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
    const asked = crash(forkSubjectOf(loaded, trace.header), parentOf(trace), {
      onVerdict: (verdict) => batch.add(verdictInBrief(verdict)),
      isCancelled: () => batch.breathe(),
    });
    const { isStopped } = await asked.catch((error: unknown) => {
      throw toForkProblem(error);
    });
    batch.flush();
    return isStopped ? 'cancelled' : 'completed';
  });
