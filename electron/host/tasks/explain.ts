import { signatureOf } from '../../../core/engine/signature.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { explainTrace, type Explanation } from '../../../core/node/runs/explaining.ts';
import { ProblemError } from '../../../core/problem.ts';
import { formatFork, placeOf, type Fork } from '../../../core/trace/fork.ts';
import type { JudgedStep } from '../../../core/trace/judged.ts';
import type { JudgedPart } from '../../../core/what-if/but-for.ts';
import type { Part } from '../../../core/what-if/parts.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';
import { withTrace } from './trace-of-task.ts';

/** Explains a finding; the parts are reported as they are judged. */
export const explain: CarryOut<'explain'> = (context, { signature, stepIndex, inputs }) =>
  withTrace(context.tracePath, context, async (trace) => {
    const loaded = await withInputs(context.loaded, inputs);
    const finding = trace.findings.find(
      (one) => one.stepIndex === stepIndex && signatureOf(one) === signature,
    );
    if (!finding) throw new ProblemError({ title: 'The run has no such finding any more.' });
    const reporter = new Reporter((parts, made, of) =>
      context.report({ kind: 'judged', parts, made, of }),
    );
    const explanation = await explainTrace(loaded, trace, finding, {
      onJudged: (judged, made, of) => reporter.add(judged, made, of),
      isCancelled: async () => {
        if (reporter.isDue) await context.breathe();
        return context.isCancelled;
      },
    });
    reporter.flush();
    if (explanation.found.isStopped) return 'cancelled';
    context.report({ kind: 'explained', ...toReport(explanation) });
    return 'completed';
  });

/** Gathers judged parts, and reports them now and then. */
class Reporter {
  readonly #report: (parts: JudgedStep[], made: number, of: number) => void;
  #parts: JudgedStep[] = [];
  #made = 0;
  #of = 0;
  #reportedMs = performance.now();

  constructor(report: (parts: JudgedStep[], made: number, of: number) => void) {
    this.#report = report;
  }

  get isDue(): boolean {
    return performance.now() - this.#reportedMs >= REPORT_MS;
  }

  add({ part, need }: JudgedPart, made: number, of: number): void {
    this.#parts.push({ kind: part.kind, stepIndex: part.stepIndex, need });
    [this.#made, this.#of] = [made, of];
    if (this.isDue) this.flush();
  }

  flush(): void {
    this.#reportedMs = performance.now();
    if (this.#parts.length > 0) this.#report(this.#parts, this.#made, this.#of);
    this.#parts = [];
  }
}

function toReport({ found, sentences }: Explanation) {
  const { together, nearest, tries } = found;
  return {
    sentences: sentences.map((sentence) => [...sentence]),
    together: [...new Set(together.map(({ stepIndex }) => stepIndex))],
    ...(nearest ? { nearest: formatFork(forkWithout(nearest)) } : {}),
    tries,
  };
}

function forkWithout({ without }: Part): Fork {
  return {
    from: Math.min(...without.map(placeOf)),
    changes: without,
    goesOn: 'sameOperations',
  };
}
