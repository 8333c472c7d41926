import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { causalityAround } from '../../trace/causality/causality.ts';
import {
  knownTitle,
  plainPart,
  storyMarkdown,
  type KnownOf,
} from '../../trace/causality/story-text.ts';
import {
  storyTitle,
  tellCausality,
  type StoryPart,
  type StorySentence,
} from '../../trace/causality/story.ts';
import { findingsAt } from '../../trace/causes.ts';
import type { Trace } from '../../trace/trace.ts';
import { describeStatus } from '../../trace/words/counterexample-words.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { printIndented, printJson, printLine, style, type Piece } from '../report/print.ts';
import { tellKnownCause } from '../runs/known-cause.ts';
import { requireStep } from './finding-choice.ts';
import { withOptionRules } from './option-rules.ts';
import { type CommandModule, JSON_FLAG, stepNumber, TRACE } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { requireStepOf, type TracePart } from './state-path.ts';
import { withMachineOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `why`. */
export interface WhyOptions {
  /** The step that is explained; by default that of the first finding. */
  readonly step?: number;
  /** The machine, which knows its lines. */
  readonly machine?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** The most findings of a step for which the known facts are printed. */
const FINDINGS_MAX = 4;

/** `phasmoscope why`: the causes and consequences of a step, in sentences. It executes nothing without `--machine`. */
export const WHY: CommandModule = {
  examples: [
    ['What led to the first finding?', 'why unchecked.jsonl.gz'],
    [
      'What led to a step, for a message to somebody',
      'why unchecked.jsonl.gz --step 40 --markdown',
    ],
    ['With the lines of the machine', 'why minimal.jsonl --machine dentist-booking-unchecked'],
  ],
  declare: (command) =>
    withOptionRules(
      command
        .argument(...TRACE)
        .option(
          '--step <number>',
          'the step (default: that of the finding, the one that a trace was shrunk to or the first)',
          stepNumber,
        )
        .option('--machine <machine>', 'execute the steps that it names again, for their lines')
        .option('--markdown', 'write it as Markdown')
        .option(...JSON_FLAG),
      [{ options: ['--markdown'], excludes: ['--json'] }],
    ),
  run: whyCommand,
};

async function whyCommand(file: string, options: WhyOptions): Promise<ExitCode> {
  const read = await readTraceFile(file);
  const { trace, damage } = read;
  const stepIndex = stepToExplain(read, options.step);
  const graph = causalityAround(trace, stepIndex);
  const sentences = tellCausality(trace, graph);
  const title = storyTitle(trace, stepIndex, ({ name, message }) => `${name}: ${message}`);
  const known = await knownAt(trace, stepIndex, options.machine);
  if (options.json) {
    const facts = known.map((one) => ({ ...one, sentences: one.sentences.map(formatSentence) }));
    const described = {
      step: stepIndex,
      title,
      sentences: sentences.map(jsonOf),
      known: facts,
      graph,
    };
    printJson({ file, ...described, ...(damage ? { damage } : {}) });
  } else if (options.markdown) {
    for (const line of storyMarkdown(title, sentences, known).trimEnd().split('\n'))
      printLine(line);
  } else {
    print(title, sentences, graph.notes);
    for (const one of known) printKnown(one);
  }
  return damage ? EXIT.found : EXIT.done;
}

/** What is known of the findings of a step. @param given the machine, as the command line names it. */
async function knownAt(
  trace: Trace,
  stepIndex: number,
  given: string | undefined,
): Promise<readonly KnownOf[]> {
  const findings = findingsAt(trace, stepIndex).slice(0, FINDINGS_MAX);
  const tell = async (loaded?: LoadedMachine) => {
    const described: KnownOf[] = [];
    for (const finding of findings) {
      const sentences = await tellKnownCause(trace, finding, loaded);
      if (sentences.length > 0) described.push({ name: finding.name, sentences });
    }
    return described;
  };
  return given === undefined ? tell() : withMachineOf(trace.header, given, tell);
}

function printKnown(known: KnownOf): void {
  printLine(style.bold(knownTitle(known)));
  for (const sentence of known.sentences) printIndented('  ', formatSentence(sentence));
}

/**
 * The step that is meant: the given one, or that of the finding that a trace was shrunk to, or of its first.
 *
 * @throws {ProblemError} when there is none.
 */
export function stepToExplain(read: TracePart, wished: number | undefined): number {
  if (wished !== undefined) return requireStepOf(read, wished);
  const { trace, damage } = read;
  const sought = trace.header.shrunkFrom && trace.findings.at(-1);
  const finding = sought ?? trace.findings.find(({ stepIndex }) => stepIndex >= 0);
  if (finding && finding.stepIndex >= 0) return finding.stepIndex;
  const [initial] = trace.findings;
  if (initial) requireStep(initial, 'the trace');
  const nothing = `Nothing was found in ${damage ? 'the steps before the damage' : 'this trace'}, so it is not clear what to explain.`;
  const last = trace.length > 0 ? `, such as the last one: --step ${trace.length - 1}` : '';
  throw new ProblemError({
    title: describeStatus(trace.header) ?? nothing,
    remedy: `Give a step with --step${last}.`,
  });
}

function jsonOf({ stepIndex, parts }: StorySentence): { step: number; text: string } {
  return { step: stepIndex, text: parts.map(plainPart).join('') };
}

function print(title: string, sentences: readonly StorySentence[], notes: readonly string[]): void {
  printLine(style.bold(title));
  const width = formatCount(sentences.at(-1)?.stepIndex ?? 0).length;
  for (const { stepIndex, parts } of sentences) {
    printLine(`  ${formatCount(stepIndex).padStart(width)}  `, ...parts.map(pieceOf));
  }
  for (const note of notes) printLine(style.dim(`  ${note}`));
}

function pieceOf(part: StoryPart): Piece {
  const text = plainPart(part);
  return typeof part === 'object' && 'name' in part ? style.bold(text) : text;
}
