import { basename } from 'node:path';
import { pageAbout, pageDrawings, pageExplanation } from '../../contract/page-about.ts';
import type { PageAbout, PageDrawings, PageExplanation } from '../../contract/page.ts';
import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import { byCount, formatCount, formatPlural } from '../../text/quantities.ts';
import { showText } from '../../text/visible.ts';
import type { Trace } from '../../trace/trace.ts';
import { withParts } from '../../trace/words/judged.ts';
import { writePage } from '../files/page-file.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { printErrorLine, printLine, style } from '../report/print.ts';
import { drawSteps, viewsOf, type Drawn } from '../runs/drawing.ts';
import { explainedOf, explainTrace } from '../runs/explaining.ts';
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
  readonly views?: boolean;
  /** The last step of the page. */
  readonly to?: number;
  /** The step that is shown first. */
  readonly step?: number;
}

/** Writes a run as a page. No machine is run, unless its finding is to be explained or its states drawn. */
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
  const explained = options.explain ? findingToExplain(trace, file, options, steps) : undefined;
  const shown = Math.min(stepIndex ?? firstShown(trace), steps - 1);
  const made = await askMachine(trace, options, { explained, shown, steps });
  const name = file === '-' ? 'standard input' : basename(file);
  await writePage(out, trace, { ...pageAbout({ name, stepIndex, ...made }), steps });
  printLine(`Page with ${formatPlural(steps, 'step')} written to ${out}`);
  return EXIT.done;
}

/** The step of the finding that is asked for; none if none is. */
function findingStep(trace: Trace, file: string, options: PageReportOptions): number | undefined {
  const { finding, shape } = options;
  if (finding === undefined && shape === undefined) return undefined;
  return chooseFinding(trace, options, file).stepIndex;
}

/** Chosen before the machine is loaded: the page must have the step of what it explains. */
function findingToExplain(
  trace: Trace,
  file: string,
  options: FindingOptions,
  steps: number,
): Finding {
  const finding = requireStep(chooseFinding(trace, options, file), file);
  if (finding.stepIndex < steps) return finding;
  throw new ProblemError({
    title: `The finding to explain, ${showText(finding.name)}, is at step ${formatCount(finding.stepIndex)}, which is not in the page.`,
    remedy: 'Give a later step with --to, or choose an earlier finding with --finding.',
  });
}

function outside(stepIndex: number, steps: number): ProblemError {
  return new ProblemError({
    title: `Step ${formatCount(stepIndex)} is not in the page, which has ${formatPlural(steps, 'step')}.`,
    remedy: 'Give an earlier step with --step, or a later one with --to.',
  });
}

/** The step that a page shows first, if nobody says which. */
function firstShown({ findings }: Trace): number {
  return findings[0]?.stepIndex ?? -1;
}

/** What of a run a page has. */
interface PagePart {
  readonly explained: Finding | undefined;
  /** The step that is shown first. */
  readonly shown: number;
  /** The number of its steps. */
  readonly steps: number;
}

/** What only the machine can say of a run: it is loaded when one asks for that. */
async function askMachine(
  trace: Trace,
  { machine, views }: PageReportOptions,
  { explained, shown, steps }: PagePart,
): Promise<Pick<PageAbout, 'explanation' | 'drawings'>> {
  if (!explained && !views) return {};
  return withMachineOf(trace.header, machine, async (loaded) => {
    noteSource(loaded, trace.header);
    const drawings = views ? await drawViews(loaded, trace, shown, steps) : undefined;
    const explanation = explained && (await explainPage(loaded, trace, explained));
    return { ...(drawings ? { drawings } : {}), ...(explanation ? { explanation } : {}) };
  });
}

async function drawViews(
  loaded: LoadedMachine,
  trace: Trace,
  stepIndex: number,
  stepsMax: number,
): Promise<PageDrawings> {
  const names = Object.keys(viewsOf(loaded));
  if (names.length === 0) {
    throw new ProblemError({
      title: `The machine ${showText(trace.header.machine)} declares no views.`,
      remedy: 'Leave --views out, or declare some: core/machine/README.md shows how.',
    });
  }
  return pageDrawings(trace, { stepIndex, steps: stepsMax }, names, (view, states, onDrawn) =>
    drawStepsOf(loaded, trace, view, states, onDrawn),
  );
}

/** Draws a view, and warns of the states that it cannot draw. The page says why in the place of each. */
async function drawStepsOf(
  loaded: LoadedMachine,
  trace: Trace,
  view: string,
  states: readonly number[],
  onDrawn: (drawn: Drawn) => void,
): Promise<void> {
  const failed: (Drawn & { readonly kind: 'undrawn' })[] = [];
  await drawSteps(loaded, trace, view, states, (one) => {
    onDrawn(one);
    if (one.kind === 'undrawn') failed.push(one);
    return true;
  });
  const [first] = failed;
  if (!first) return;
  const { stepIndex, problem } = first;
  const place =
    stepIndex < 0 ? 'the initial state' : `the state after step ${formatCount(stepIndex)}`;
  const count = `${formatCount(failed.length)} of ${formatPlural(states.length, 'state')}`;
  printErrorLine(
    style.yellow('warning:'),
    ` ${problem.title} That was ${place}; ${count} ${byCount(failed.length, 'is', 'are')} not drawn.`,
  );
}

/** Runs the machine without each part of the run. */
async function explainPage(
  loaded: LoadedMachine,
  trace: Trace,
  finding: Finding,
): Promise<PageExplanation> {
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
  const parts = explanation.found.parts.map(({ part: { kind, stepIndex }, need }) => ({
    kind,
    stepIndex,
    need,
  }));
  const needs = withParts(new Map(), parts);
  return pageExplanation(trace, finding, { needs, ...judged, explained: explainedOf(explanation) });
}
