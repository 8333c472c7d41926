import { STEPS_MAX } from '../../limits.ts';
import { OPERATION_WORDS, type Operation } from '../../machine/operation.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { counterexampleOf } from '../../trace/format/counterexample.ts';
import type { TraceEnd } from '../../trace/format/format.ts';
import { changesAt } from '../../trace/questions/path-changes.ts';
import type { Trace } from '../../trace/trace.ts';
import { describeLoop, describeStatus } from '../../trace/words/counterexample-words.ts';
import { withAdvice } from '../../trace/words/finding-facts.ts';
import { valueAt } from '../../value/container.ts';
import { diff } from '../../value/diff.ts';
import { encodeValue } from '../../value/encoding.ts';
import type { Path } from '../../value/path.ts';
import { shownPath } from '../../value/shown.ts';
import { quoteValue } from '../../value/value.ts';
import { type ReadTrace } from '../files/trace-file.ts';
import { printFindings } from '../report/findings-text.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { shellCommand } from '../report/reproduce.ts';
import { changesAsJson, printChanges, printStep, stepAsJson } from '../report/step-text.ts';
import { printTree } from '../report/value-text.ts';
import { JSON_FLAG, TRACE, typed, type CommandModule } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { parseStepOrStart, requireStepOf, statePathOf } from './state-path.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `show`. */
interface ShowOptions {
  /** -1 for the initial state. */
  readonly step?: number;
  /** `true` for the whole state. */
  readonly state?: string | true;
  readonly changes?: boolean;
  readonly json?: boolean;
}

/** `phasmoscope show`: prints a trace in brief, one step of it, or its state. No machine is needed. */
export const SHOW: CommandModule = {
  examples: [
    ['Print a trace in brief', 'show unchecked.jsonl.gz'],
    ['Print a step with all that it changed', 'show unchecked.jsonl.gz --step 77 --changes'],
    [
      'Print a part of the state after a step',
      "show unchecked.jsonl.gz --step 77 --state 'pending[5]'",
    ],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .option(
        '--step <number>',
        'show a step; start is the state before the first one',
        typed((text) => parseStepOrStart(text, STEPS_MAX)),
      )
      .option('--state [path]', 'show the state after the step, or what is at a path in it')
      .option(
        '--changes',
        'show all changes of the step, of the run, or with --state where that was changed',
      )
      .option(...JSON_FLAG),
  run: show,
};

/** What is shown, as documents name it. */
type About = { readonly file: string } & Pick<ReadTrace, 'damage'>;

/** The changes of a value that are listed. */
const CHANGES_OF_VALUE_MAX = 50;

async function show(file: string, options: ShowOptions): Promise<ExitCode> {
  const read = await readTraceFile(file, { isThorough: false });
  const { trace, damage } = read;
  const about: About = { file, ...(damage ? { damage } : {}) };
  const { step, state, changes = false, json = false } = options;
  const at = requireStepOf(read, step ?? trace.length - 1);
  if (state !== undefined) {
    const path = statePathOf(trace, state === true ? '' : state, at);
    if (changes) showHistory(about, trace, path, json);
    else showState(about, trace, { path, at }, json);
  } else if (changes) showChanges(about, trace, step, json);
  else if (step === undefined) showRun(about, trace, json);
  else if (at < 0) showState(about, trace, { path: [], at }, json);
  else showStep(about, trace, at, json);
  read.close();
  return damage ? EXIT.found : EXIT.done;
}

function showStep(about: About, trace: Trace, at: number, isJson: boolean): void {
  if (isJson) printJson({ ...about, ...stepAsJson(trace, at) });
  else printStep(trace, at);
}

function showState(
  about: About,
  trace: Trace,
  { path, at }: { readonly path: Path; readonly at: number },
  isJson: boolean,
): void {
  const found = valueAt(trace.stateAt(at), path);
  const value = found.found ? found.value : undefined;
  if (isJson) printJson({ ...about, step: at, path: shownPath(path), value: encodeValue(value) });
  else {
    const when = at < 0 ? 'at the start' : `after step ${formatCount(at)}`;
    printLine(style.bold(path.length === 0 ? 'State' : shownPath(path)), style.dim(`  ${when}`));
    printTree(value);
  }
}

/** The changes of a step, or from the start of the run to its end. */
function showChanges(about: About, trace: Trace, step: number | undefined, isJson: boolean): void {
  if (step !== undefined && step < 0) {
    throw new ProblemError({
      title: 'The start of a run changes nothing.',
      remedy: 'Give a step from 0 on, or leave --changes out.',
    });
  }
  const before = trace.stateAt((step ?? 0) - 1);
  const patch =
    step === undefined ? diff(before, trace.stateAt(trace.length - 1)) : trace.patchAt(step);
  if (isJson) {
    printJson({
      ...about,
      ...(step === undefined ? {} : { step }),
      changes: changesAsJson(before, patch),
    });
    return;
  }
  const where = step === undefined ? 'the run' : `step ${formatCount(step)}`;
  printLine(style.bold(`${formatPlural(patch.length, 'change')} of the state in ${where}`));
  printChanges(before, patch);
}

/** The steps that changed a value, with what it became. */
function showHistory(about: About, trace: Trace, path: Path, isJson: boolean): void {
  const steps: number[] = [];
  for (const { stepIndex, isChange } of changesAt(trace, path, 0)) {
    if (isChange) steps.push(stepIndex);
  }
  const valueAfter = (stepIndex: number) => valueAt(trace.stateAt(stepIndex), path);
  if (isJson) {
    const changes = [-1, ...steps].flatMap((step) => {
      const found = valueAfter(step);
      return [{ step, ...(found.found ? { value: encodeValue(found.value) } : {}) }];
    });
    printJson({ ...about, path: shownPath(path), changes });
    return;
  }
  const shown = steps.slice(0, CHANGES_OF_VALUE_MAX);
  printLine(style.bold(shownPath(path)), style.dim(`  ${formatPlural(steps.length, 'change')}`));
  const width = Math.max(5, formatCount(shown.at(-1) ?? 0).length);
  for (const step of [-1, ...shown]) {
    const found = valueAfter(step);
    printLine(
      '  ',
      style.dim((step < 0 ? 'start' : formatCount(step)).padStart(width)),
      '  ',
      found.found ? quoteValue(found.value) : style.dim('not there'),
    );
  }
  const hidden = steps.length - shown.length;
  if (hidden > 0) printLine(style.dim(`  … and ${formatCount(hidden)} more; --json has them`));
}

/** A run in brief: what was run, of what kinds its steps are, and what was found. */
function showRun(about: About, trace: Trace, isJson: boolean): void {
  const { header, findings, end } = trace;
  const { machine, scenario, seed, faults, shrunkFrom, sourceHash } = header;
  const counts = countSteps(trace);
  const outstanding = trace.outstandingAt(trace.length - 1).length;
  if (isJson) {
    const settings = { machine, scenario, seed, faults, sourceHash, shrunkFrom };
    const loopTo = counterexampleOf(header)?.loopTo;
    const counted = { steps: trace.length, ...counts, outstanding };
    printJson({
      ...about,
      ...settings,
      ...counted,
      loopTo,
      end,
      findings: findings.map(withAdvice),
    });
    return;
  }
  const struck = faults === 'none' ? '' : `, faults ${faults}`;
  printLine(style.bold(machine), `, ${scenario}, seed ${seed}${struck}`);
  const { kinds, rejected, changing } = counts;
  printTable([
    ['steps', `${formatCount(trace.length)}${endOf(end)}`],
    ...Object.entries(kinds).map(([kind, count]) => [`  ${kind}`, formatCount(count)] as const),
    ['rejected', formatCount(rejected)],
    ['changed the state', formatCount(changing)],
    ['outstanding', formatCount(outstanding)],
    ...Object.entries(end?.tallies ?? {}).map(([name, n]) => [name, formatCount(n)] as const),
    ...(shrunkFrom ? [['shrunk from', formatPlural(shrunkFrom.steps, 'step')] as const] : []),
  ]);
  const loop = describeLoop(trace);
  if (loop !== undefined) printLine(`${loop}, and so for ever.`);
  const status = findings.length === 0 ? describeStatus(header) : undefined;
  if (status === undefined) printFindings(findings);
  else printLine(status);
  const step = findings.find(({ stepIndex }) => stepIndex >= 0)?.stepIndex ?? 0;
  if (trace.length > 0) {
    printLine(style.dim(shellCommand(['show', about.file, '--step', String(step)])));
  }
}

function endOf(end: TraceEnd | undefined): string {
  if (!end) return ', without an end';
  return end.isStopped ? ', stopped' : '';
}

function countSteps(trace: Trace) {
  const kinds: Partial<Record<(typeof OPERATION_WORDS)[Operation['kind']], number>> = {};
  let rejected = 0;
  for (let at = 0; at < trace.length; at += 1) {
    const { operation, outcome } = trace.glance(at);
    const word = OPERATION_WORDS[operation];
    kinds[word] = (kinds[word] ?? 0) + 1;
    if (outcome === 'err') rejected += 1;
  }
  return { kinds, rejected, changing: trace.changedSteps.length };
}
