import { basename } from 'node:path';
import type { PageExplanation } from '../../contract/page.ts';
import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { withParts } from '../../trace/judged.ts';
import type { Trace } from '../../trace/trace.ts';
import { writePage } from '../files/page-file.ts';
import { printLine } from '../report/print.ts';
import { explainTrace, type Explanation } from '../runs/explaining.ts';
import { chooseFinding, requireStep, type FindingOptions } from './finding-choice.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { EXIT, OUTPUT, requireWritable, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readWholeTrace } from './trace-reading.ts';

/** The options of a run as a page. */
export interface PageReportOptions extends FindingOptions {
  readonly machine?: string;
  readonly explain?: boolean;
  /** The last step of the page. */
  readonly to?: number;
  /** The step that is shown first. */
  readonly step?: number;
}

/** Writes a run as a page. No machine is run, unless its finding is to be explained. */
export async function reportPage(
  file: string,
  out: string,
  options: PageReportOptions,
): Promise<ExitCode> {
  await requireWritable(out, OUTPUT.page);
  const trace = await readWholeTrace(file);
  const steps = Math.min(trace.length, (options.to ?? trace.length - 1) + 1);
  const stepIndex = options.step ?? findingStep(trace, file, options);
  if (stepIndex !== undefined && stepIndex >= steps) throw outside(stepIndex, steps);
  const explanation = options.explain ? await explainPage(trace, file, options) : undefined;
  await writePage(out, trace, {
    name: file === '-' ? 'standard input' : basename(file),
    steps,
    ...(stepIndex === undefined ? {} : { stepIndex }),
    ...(explanation ? { explanation } : {}),
  });
  printLine(`Page with ${formatPlural(steps, 'step')} written to ${out}`);
  return EXIT.done;
}

/** The step of the finding that is asked for; none if none is. */
function findingStep(trace: Trace, file: string, options: PageReportOptions): number | undefined {
  const { finding, shape } = options;
  if (finding === undefined && shape === undefined) return undefined;
  return chooseFinding(trace, options, file).stepIndex;
}

function outside(stepIndex: number, steps: number): ProblemError {
  return new ProblemError({
    title: `Step ${formatCount(stepIndex)} is not in the page, which has ${formatPlural(steps, 'step')}.`,
    remedy: 'Give an earlier step with --step, or a later one with --to.',
  });
}

/** Runs the machine without each part of the run. */
async function explainPage(
  trace: Trace,
  file: string,
  { machine, ...options }: PageReportOptions,
): Promise<PageExplanation> {
  const finding = requireStep(chooseFinding(trace, options, file), file);
  return withMachineOf(trace.header, machine, async (loaded) => {
    noteSource(loaded, trace.header);
    const line = new ProgressLine();
    let isCancelled = false;
    let judged = { made: 0, of: 0 };
    const explaining = explainTrace(loaded, trace, finding, {
      onJudged: (_, made, of) => {
        judged = { made, of };
        line.show(() => `${formatCount(made)} of ${formatCount(of)} parts taken out`, made / of);
      },
      isCancelled: breathing(() => isCancelled),
    });
    const explanation = await cancelOnInterrupt(explaining, () => {
      isCancelled = true;
    });
    line.clear();
    return pageExplanation(trace, finding, explanation, judged);
  });
}

function pageExplanation(
  { findings }: Trace,
  finding: Finding,
  { found, sentences }: Explanation,
  { made, of }: { readonly made: number; readonly of: number },
): PageExplanation {
  const parts = found.parts.map(({ part, need }) => ({
    kind: part.kind,
    stepIndex: part.stepIndex,
    need,
  }));
  return {
    finding: findings.indexOf(finding),
    needs: [...withParts(new Map(), parts)],
    made,
    of,
    sentences: sentences.map((sentence) => [...sentence]),
    together: [...new Set(found.together.map(({ stepIndex }) => stepIndex))],
    tries: found.tries,
  };
}
