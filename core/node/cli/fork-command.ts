import type { Executed } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { alignedSteps, carriedNotes, firstSteps } from '../../trace/carried-notes.ts';
import { alignTraces } from '../../trace/compare/alignment.ts';
import type { CauseOccurrence, ComparedCause } from '../../trace/compare/compare.ts';
import {
  compareEnds,
  describeOutcome,
  endOf,
  type ForkOutcome,
} from '../../trace/compare/fork-outcome.ts';
import type { Difference } from '../../trace/compare/verify.ts';
import type { Fork } from '../../trace/format/fork.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import { isWithin } from '../../trace/format/notes.ts';
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
import { describeForeign, foreignPart, foreignTrace, isOfOtherSource } from '../runs/own-trace.ts';
import { notesAsJson, notesAsRow, type CarriedNotes } from './carried-notes.ts';
import { forkOf, withChangeOptions, type ChangeOptions } from './fork-options.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { type CommandModule, JSON_FLAG, outputFile, TRACE, TRACE_MACHINE } from './options.ts';
import { EXIT, printProblem, requireDistinct, requireWritable, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { StandstillWatch } from './standstill.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readTraceFile, readWholeTrace } from './trace-reading.ts';
import { recordWatched, STOPPED, type WatchedRecord } from './watched-run.ts';

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
  const foreign = await foreignParent(loaded, trace, fork);
  if (foreign && !options.json) printLine(style.yellow(describeForeign(foreign)));
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
  const { out } = options;
  print({ file, header, fork, foreign, started, record, findings, outcome, notes, out });
  if (record.problem) {
    printProblem(record.problem);
    return EXIT.refused;
  }
  return findings.length > 0 ? EXIT.found : EXIT.done;
}

/**
 * Where the machine does something else than its trace says, in a fork that changes nothing: whatever is gone or
 * new in it may come from that.
 *
 * @throws {ProblemError} for a fork with changes, which would be blamed for it.
 */
async function foreignParent(
  loaded: LoadedMachine,
  trace: Trace,
  { from, changes }: Fork,
): Promise<Difference | undefined> {
  const { header } = trace;
  // Another machine need not do the same.
  if (loaded.machine.name !== header.machine) return undefined;
  let isStopped = false;
  const line = new ProgressLine();
  line.show(() => 'Comparing the trace with the machine');
  const comparing = foreignPart(loaded, trace, { isCancelled: breathing(() => isStopped) });
  const difference = await cancelOnInterrupt(comparing, () => {
    isStopped = true;
  });
  line.clear();
  if (isStopped) throw new ProblemError(STOPPED);
  if (difference && (from > 0 || changes.length > 0)) {
    throw foreignTrace(loaded, header, difference);
  }
  return difference;
}

/** Gives the file of a fork the notes of its parent on the steps that both have. */
async function carryNotes(parent: Trace, { from }: Fork, out: string): Promise<CarriedNotes> {
  const of = parent.notes.length;
  if (of === 0) return { carried: 0, of };
  const { trace, close } = await readTraceFile(out);
  const isShared = parent.notes.every((note) => isWithin(note, from));
  const kept = isShared
    ? firstSteps(from)
    : alignedSteps(alignTraces(parent, trace), parent, trace);
  const notes = carriedNotes(parent.notes, kept);
  if (notes.length > 0) await writeTrace(trace, out, notes);
  close();
  return { carried: notes.length, of };
}

/** What came of a fork. */
interface ForkResult {
  readonly file: string;
  /** Of the parent. */
  readonly header: TraceHeader;
  readonly fork: Fork;
  /** Where the machine does something else than the trace of the parent says. */
  readonly foreign: Difference | undefined;
  readonly started: StartedFork;
  readonly record: WatchedRecord;
  readonly findings: readonly Finding[];
  readonly outcome: ForkOutcome;
  /** Absent when the trace of the fork is not kept. */
  readonly notes: CarriedNotes | undefined;
  readonly out: string | undefined;
}

function printAsJson(result: ForkResult): void {
  const { file, fork, foreign, started, record, findings, outcome, notes, out } = result;
  const { gone, added, moved, endsInSameState } = outcome;
  printJson({
    file,
    machine: started.machine.name,
    fork: formatSentence(describeFork(fork)),
    from: fork.from,
    goesOn: fork.goesOn,
    steps: record.index?.length ?? fork.from,
    isPastExecuted: started.isPastExecuted,
    sameSource: !isForkOfOtherSource(result),
    ...(foreign ? { foreign: describeForeign(foreign) } : {}),
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
function isForkOfOtherSource({ header, started }: ForkResult): boolean {
  const { sourceHash = '' } = started.label;
  return isOfOtherSource({ sourceHash }, header);
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
    ...notesAsRow(notes),
  ]);
  printLine(style.bold(describeOutcome(outcome)));
  // With another machine, that is what was asked.
  if (isForkOfOtherSource(result) && machine.name === header.machine)
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
