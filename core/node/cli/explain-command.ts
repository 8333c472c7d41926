import type { Finding } from '../../machine/finding.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { soughtFirst } from '../../trace/causes.ts';
import type { Trace } from '../../trace/trace.ts';
import { placeOf } from '../../trace/words/finding-facts.ts';
import type { Need } from '../../trace/words/judged.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { NotFailingError, type ButFor, type JudgedPart } from '../../what-if/but-for.ts';
import { partName } from '../../what-if/explanation.ts';
import { printMessage } from '../report/findings-text.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { explainTrace, sentencesOf, type Explanation } from '../runs/explaining.ts';
import { isMeant, nothingFound, requireStep, type FindingOptions } from './finding-choice.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import {
  type CommandModule,
  JSON_FLAG,
  stepNumber,
  TRACE,
  TRACE_MACHINE,
  whole,
} from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readWholeTrace } from './trace-reading.ts';

/** The options of `explain`. */
export interface ExplainOptions extends FindingOptions {
  /** The step of the finding. */
  readonly step?: number;
  readonly machine?: string;
  /** How long it may take. */
  readonly seconds?: number;
  readonly json?: boolean;
}

/** By then, most runs of ten thousand steps are explained. */
const SECONDS_DEFAULT = 60;
const SECONDS_MAX = 1_000_000;

/** `phasmoscope explain`: says which parts of a run its finding needs, by taking each of them out. */
export const EXPLAIN: CommandModule = {
  examples: [['Say what the first finding needs', 'explain minimal.jsonl']],
  declare: (command) =>
    command
      .argument(...TRACE)
      .option('--finding <name>', 'the finding to explain (default: the first one)')
      .option('--shape <shape>', 'the kind of step of the finding, such as "completion Success"')
      .option('--step <n>', 'the step of the finding', stepNumber)
      .option(
        '--seconds <n>',
        `after which it says what it has found by then (default: ${SECONDS_DEFAULT})`,
        whole('number of seconds', SECONDS_MAX),
      )
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: explainCommand,
};

async function explainCommand(file: string, options: ExplainOptions): Promise<ExitCode> {
  const trace = await readWholeTrace(file);
  const finding = findingOf(trace, file, options);
  return withMachineOf(trace.header, options.machine, async (loaded) => {
    noteSource(loaded, trace.header, options.json);
    const line = new ProgressLine();
    let isCancelled = false;
    const endMs = performance.now() + (options.seconds ?? SECONDS_DEFAULT) * 1000;
    const explaining = explainTrace(loaded, trace, finding, {
      onJudged: (_, made, of) =>
        line.show(() => `${formatCount(made)} of ${formatCount(of)} parts taken out`, made / of),
      isCancelled: breathing(() => isCancelled || performance.now() > endMs),
    });
    const explanation = await cancelOnInterrupt(explaining, () => {
      isCancelled = true;
    }).catch((error: unknown) => {
      if (error instanceof NotFailingError && error.isGone) return undefined;
      throw error;
    });
    line.clear();
    if (!explanation) return tellGone(file, finding, options.json);
    if (options.json) printAsJson(file, finding, explanation);
    else printAsText(finding, explanation);
    return isCancelled ? EXIT.refused : EXIT.found;
  });
}

/** Says that a finding is gone with the machine as it is now, which is what was to be hoped for. */
function tellGone(file: string, { kind, name, stepIndex }: Finding, isJson = false): ExitCode {
  if (isJson) printJson({ file, finding: { kind, name, stepIndex }, isGone: true });
  else {
    printLine(style.bold(`${kind}: ${name}`), '  ', style.dim(placeOf(stepIndex)));
    printLine(
      style.green('  Gone: with the machine as it is now, this run does not fail for this cause.'),
    );
    printLine('  A sweep shows whether other runs do: phasmoscope sweep --one-in 1000.');
  }
  return EXIT.done;
}

function findingOf(trace: Trace, file: string, options: ExplainOptions): Finding {
  const isChosen = isMeant(options);
  const found = soughtFirst(trace.header, trace.findings).find(
    (one) =>
      isChosen(one) &&
      one.stepIndex >= 0 &&
      (options.step === undefined || one.stepIndex === options.step),
  );
  if (found) return found;
  const initial = trace.findings.find((one) => isChosen(one) && one.stepIndex < 0);
  if (initial && options.step === undefined) requireStep(initial, file);
  throw nothingFound(file, options, trace.findings);
}

function printAsJson(
  file: string,
  finding: Finding,
  { found, sentences, known }: Explanation,
): void {
  const { kind, name, message, stepIndex, source } = finding;
  const { parts, partsAsked, isByGroups, together, fields, nearest, tries, isStopped } = found;
  const brief = ({ part }: Pick<JudgedPart, 'part'>) => ({
    kind: part.kind,
    step: part.stepIndex,
    without: part.without,
  });
  printJson({
    file,
    finding: { kind, name, message, stepIndex, ...(source === undefined ? {} : { source }) },
    sentences: sentences.map(formatSentence),
    known: known.map(formatSentence),
    parts: parts.map((judged) => ({ ...brief(judged), need: judged.need })),
    partsAsked,
    isByGroups,
    together: together.map((group) => group.map((part) => brief({ part }))),
    fields: fields.map(({ stepIndex: step, name: field, need, other }) => {
      return { step, field, need, other };
    }),
    nearest: nearest ? brief({ part: nearest }) : null,
    tries,
    isStopped,
  });
}

function printAsText(finding: Finding, explanation: Explanation): void {
  const { kind, name, stepIndex } = finding;
  printLine(style.bold(`${kind}: ${name}`), '  ', style.dim(placeOf(stepIndex)));
  printMessage('  ', finding);
  printSentences(explanation);
  printParts(explanation.found);
  if (explanation.found.isStopped) {
    printLine(style.yellow('Stopped: --seconds gives it more time.'));
  }
}

/** Prints why a run fails and what is known of the cause, one sentence a line. */
export function printSentences(explanation: Explanation): void {
  for (const sentence of sentencesOf(explanation)) printLine(`  ${formatSentence(sentence)}`);
}

const NEEDS: readonly (readonly [need: Need | 'together', words: string])[] = [
  ['needed', 'needed'],
  ['together', 'needed together'],
  ['otherwise', 'fails elsewhere without it'],
  ['notNeeded', 'not needed'],
];
/** Steps that are listed for each need and kind; --json has all of them. */
const STEPS_SHOWN_MAX = 12;

function printParts({ parts, together, tries }: ButFor): void {
  const grouped = new Set(together.flat());
  const needOf = ({ part, need }: JudgedPart) => (grouped.has(part) ? 'together' : need);
  const kinds = [...new Set(parts.map(({ part }) => part.kind))];
  for (const [need, words] of NEEDS) {
    for (const kind of kinds) {
      const steps = parts
        .filter((judged) => needOf(judged) === need && judged.part.kind === kind)
        .map(({ part }) => part.stepIndex);
      if (steps.length > 0) printSteps(`${words.padEnd(27)} ${partName(kind)}`, steps);
    }
  }
  printLine(style.dim(`  ${formatPlural(tries, 'run')} made`));
}

function printSteps(what: string, steps: readonly number[]): void {
  const more = steps.length - STEPS_SHOWN_MAX;
  const named = steps.slice(0, STEPS_SHOWN_MAX).map(formatCount).join(', ');
  const rest = more > 0 ? `, and ${formatCount(more)} more` : '';
  printLine(`  ${what}  `, style.dim(`${steps.length === 1 ? 'step' : 'steps'} ${named}${rest}`));
}
