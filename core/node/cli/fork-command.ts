import type { Executed } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import { formatCount } from '../../text/quantities.ts';
import { carriedNotes, firstSteps } from '../../trace/carried-notes.ts';
import type { CauseOccurrence, ComparedCause } from '../../trace/compare/compare.ts';
import {
  compareEnds,
  describeOutcome,
  endOf,
  type ForkOutcome,
} from '../../trace/compare/fork-outcome.ts';
import type { Fork } from '../../trace/format/fork.ts';
import type { TraceHeader } from '../../trace/format/format.ts';
import type { Trace } from '../../trace/trace.ts';
import { placeOf, withAdvice } from '../../trace/words/finding-facts.ts';
import { describeFork, describeGoingOn } from '../../trace/words/fork-words.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { hashValue } from '../../value/hash.ts';
import type { Value } from '../../value/value.ts';
import { writeTrace } from '../files/write-trace.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { printFindings } from '../report/findings-text.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { startRecordedFork, type StartedFork } from '../runs/forking.ts';
import { notesAsJson, notesAsRow, type CarriedNotes } from './carried-notes.ts';
import { forkOf, withChangeOptions, type ChangeOptions } from './fork-options.ts';
import { type CommandModule, JSON_FLAG, outputFile, TRACE, TRACE_MACHINE } from './options.ts';
import { EXIT, printProblem, requireDistinct, requireWritable, type ExitCode } from './output.ts';
import { StandstillWatch } from './standstill.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readTraceFile, readWholeTrace } from './trace-reading.ts';
import { recordWatched, type WatchedRecord } from './watched-run.ts';

/** The options of `fork`. */
export interface ForkOptions extends ChangeOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** `phasmoscope fork`: changes something in a recorded run, and shows what becomes of it. */
export const FORK: CommandModule = {
  examples: [
    ['What if the process had crashed after step 76?', 'fork unchecked.jsonl.gz --at 76 --crash'],
    [
      'What if the result of step 77 had come twice? Keep that run',
      'fork unchecked.jsonl.gz --at 77 --twice --out twice.jsonl',
    ],
    [
      'What does another machine make of the same operations?',
      'fork unchecked.jsonl.gz --machine dentist-booking-hardened --out hardened.jsonl',
    ],
  ],
  declare: (command) =>
    withChangeOptions(command.argument(...TRACE))
      .option(
        '--out <file>',
        'write the trace of the fork; compressed if it ends in .gz',
        outputFile,
      )
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: forkCommand,
};

async function forkCommand(file: string, options: ForkOptions): Promise<ExitCode> {
  requireDistinct({ 'the trace': file, '--out': options.out });
  await requireWritable(options.out);
  const trace = await readWholeTrace(file);
  const fork = await forkOf(trace, options);
  return withMachineOf(trace.header, options.machine, (loaded) =>
    forkLoaded(loaded, { file, trace }, fork, options),
  );
}

/** The run that a fork is made of. */
interface ForkedFile {
  readonly file: string;
  readonly trace: Trace;
}

async function forkLoaded(
  loaded: LoadedMachine,
  { file, trace }: ForkedFile,
  fork: Fork,
  options: ForkOptions,
): Promise<ExitCode> {
  noteSource(loaded, trace.header, options.json);
  const watch = new StandstillWatch();
  // The scenario is led to the fork, which may stand still as well.
  watch.isAwaited = true;
  const started = await startRecordedFork(loaded, trace, fork);
  watch.isAwaited = false;
  let after: unknown = trace.stateAt(fork.from - 1);
  const record = await recordWatched({ ...started, watch }, options.out, (step: Executed) => {
    ({ after } = step);
  });
  const notes = options.out === undefined ? undefined : await carryNotes(trace, fork, options.out);
  const findings = record.index?.findings ?? [];
  const stateHash = hashValue(after as Value, trace.header.digests);
  const outcome = compareEnds(endOf(trace), { findings, stateHash });
  const print = options.json ? printAsJson : printAsText;
  const { header } = trace;
  print({ file, header, fork, started, record, findings, outcome, notes, out: options.out });
  if (record.problem) {
    printProblem(record.problem);
    return EXIT.refused;
  }
  return findings.length > 0 ? EXIT.found : EXIT.done;
}

/** Gives the file of a fork the notes of its parent on the steps that they share. */
async function carryNotes(parent: Trace, { from }: Fork, out: string): Promise<CarriedNotes> {
  const notes = carriedNotes(parent.notes, firstSteps(from));
  if (notes.length > 0) {
    const { trace, close } = await readTraceFile(out);
    await writeTrace(trace, out, notes);
    close();
  }
  return { carried: notes.length, of: parent.notes.length };
}

/** What came of a fork. */
interface ForkResult {
  readonly file: string;
  /** Of the parent. */
  readonly header: TraceHeader;
  readonly fork: Fork;
  readonly started: StartedFork;
  readonly record: WatchedRecord;
  readonly findings: readonly Finding[];
  readonly outcome: ForkOutcome;
  /** Absent when the trace of the fork is not kept. */
  readonly notes: CarriedNotes | undefined;
  readonly out: string | undefined;
}

function printAsJson(result: ForkResult): void {
  const { file, fork, started, record, findings, outcome, notes, out } = result;
  const { gone, added, moved, endsInSameState } = outcome;
  printJson({
    file,
    machine: started.machine.name,
    fork: formatSentence(describeFork(fork)),
    from: fork.from,
    goesOn: fork.goesOn,
    steps: record.index?.length ?? fork.from,
    isPastExecuted: started.isPastExecuted,
    sameSource: !isOfOtherSource(result),
    endsInSameState,
    gone: gone.map(causeInBrief),
    added: added.map(causeInBrief),
    moved: moved.map(causeInBrief),
    findings: findings.map(withAdvice),
    ...(out === undefined ? {} : { out }),
    ...notesAsJson(notes),
    ...(record.problem ? { error: record.problem } : {}),
  });
}

/** A cause with the step where it is first found: in the fork, or in the parent if it is gone. */
function causeInBrief({ finding, before, after }: ComparedCause): object {
  const { kind, name, shape, message, stepIndex } = finding;
  return { kind, name, shape, message, step: stepIndex, before, after };
}

/** Whether what became of the run may come from its source, which is not that of the parent any more. */
function isOfOtherSource({ header, started }: ForkResult): boolean {
  return header.sourceHash !== undefined && header.sourceHash !== started.label.sourceHash;
}

const OTHER_SOURCE =
  'The source was changed since the parent was recorded, which may be the reason as well: the parent ' +
  'executed again (verify) says what that does by itself.';

function printAsText(result: ForkResult): void {
  const { file, header, fork, started, record, findings, outcome, notes, out } = result;
  const { machine, label, isPastExecuted } = started;
  const { scenario, seed, faults } = label;
  const steps = record.index?.length ?? fork.from;
  const shared = isPastExecuted
    ? 'executed again, since the state is in a database'
    : 'not executed again';
  printLine(`Fork of ${file}: ${machine.name}, ${scenario}, seed ${seed}, faults ${faults}`);
  printTable([
    ['what if', formatSentence(describeFork(fork))],
    ['goes on with', describeGoingOn(fork)],
    [
      'steps',
      fork.from === 0
        ? formatCount(steps)
        : `${formatCount(steps)}; the first ${formatCount(fork.from)} are shared, ${shared}`,
    ],
    ...(out === undefined ? [] : [['written to', out] as const]),
    ...notesAsRow(notes, true),
  ]);
  printLine(style.bold(describeOutcome(outcome)));
  // With another machine, that is what was asked.
  if (isOfOtherSource(result) && machine.name === header.machine)
    printLine(style.yellow(OTHER_SOURCE));
  printCauses('gone', outcome.gone);
  printCauses('new', outcome.added);
  printCauses('elsewhere', outcome.moved);
  printFindings(findings, record.problem && steps);
}

function occurrence({ stepIndex, count }: CauseOccurrence): string {
  return placeOf(stepIndex) + (count === 1 ? '' : ` and ${formatCount(count - 1)} more`);
}

/** How many causes are listed; --json has all of them. */
const CAUSES_SHOWN_MAX = 10;

function printCauses(how: string, causes: readonly ComparedCause[]): void {
  for (const { finding, before, after } of causes.slice(0, CAUSES_SHOWN_MAX)) {
    const places = [before, after].flatMap((place) => (place ? [occurrence(place)] : []));
    const { kind, name, shape } = finding;
    const where = `${places.join(', now ')}; ${shape}`;
    printLine(`  ${how.padEnd(9)}  ${kind}: ${name}  `, style.dim(where));
  }
  const hidden = causes.length - CAUSES_SHOWN_MAX;
  if (hidden > 0) printLine(style.dim(`  … and ${formatCount(hidden)} more; --json lists them`));
}
