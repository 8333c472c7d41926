import { signatureOf } from '../../../core/engine/signature.ts';
import type { Finding } from '../../../core/machine/finding.ts';
import { planRun } from '../../../core/node/runs/planning.ts';
import {
  NOT_REPRODUCIBLE,
  recordFailing,
  shrinkRecord,
} from '../../../core/node/runs/shrinking.ts';
import { ProblemError } from '../../../core/problem.ts';
import { ShrinkError } from '../../../core/shrink/shrink.ts';
import { LiveTrace } from './live-trace.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';

/** Shrinks a seed; a cancelled task still writes the shortest run so far. */
export const shrink: CarryOut<'shrink'> = async (context, { settings, signature }) => {
  const plan = await planRun(context.loaded, settings);
  const isMeant = (finding: Finding) => signatureOf(finding) === signature;
  let reportedMs = 0;
  let breathedMs = performance.now();
  const isCancelled = async () => {
    if (performance.now() - breathedMs >= REPORT_MS) {
      await context.breathe();
      breathedMs = performance.now();
    }
    return context.isCancelled;
  };
  const failing = await recordFailing(plan, BigInt(settings.seed), isMeant, isCancelled);
  if (context.isCancelled) return 'cancelled';
  if (!failing) throw notReproducible('The seed no longer fails for this cause.');
  const { lines, shrunk } = await shrinkRecord(plan.loaded, failing, {
    onProgress: (progress) => {
      if (performance.now() - reportedMs < REPORT_MS) return;
      reportedMs = performance.now();
      context.report({ kind: 'progress', progress });
    },
    isCancelled,
  }).catch((error: unknown) => {
    throw error instanceof ShrinkError ? notReproducible(error.message) : error;
  });
  context.report({ kind: 'progress', progress: shrunk.progress });
  const writing = new LiveTrace(context);
  for (const line of lines) writing.add(line);
  writing.close();
  return shrunk.isCancelled ? 'cancelled' : 'completed';
};

function notReproducible(title: string): ProblemError {
  return new ProblemError({ title, remedy: NOT_REPRODUCIBLE });
}
