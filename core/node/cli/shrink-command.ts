import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { shapeOf } from '../../engine/signature.ts';
import { FAULT_NAMES, type FaultName } from '../../machine/faults.ts';
import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import { ShrinkError, type ShrinkProgress, type Shrunk } from '../../shrink/shrink.ts';
import { formatCount } from '../../text/quantities.ts';
import { carriedNotes, shrunkSteps, stepBefore } from '../../trace/carried-notes.ts';
import { operationsOf } from '../../trace/compare/verify.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { isMachineFile } from '../files/file-kind.ts';
import { STANDARD_INPUT } from '../files/plain-bytes.ts';
import { writeTrace } from '../files/write-trace.ts';
import { withMachine, withTimeLimit, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { printMessage } from '../report/findings-text.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { explainShrunk, sentencesOf, traceOfLines, type Explanation } from '../runs/explaining.ts';
import { requireMachine } from '../runs/fork-subject.ts';
import { allowedWithout, planWithout } from '../runs/minimal-run.ts';
import { defaultSeed, type LoadedPlan } from '../runs/planning.ts';
import {
  NOT_REPRODUCIBLE,
  recordFailing,
  shrinkRecord,
  type FailingRecord,
} from '../runs/shrinking.ts';
import { notesAsJson, notesAsRow, type CarriedNotes } from './carried-notes.ts';
import { printSentences } from './explain-command.ts';
import { chooseFinding, isMeant, nothingFound, type FindingOptions } from './finding-choice.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import {
  A_MACHINE,
  A_TRACE,
  RUN_SETTINGS,
  withOptionRules,
  type OptionRule,
} from './option-rules.ts';
import { type CommandModule, TRACE_MACHINE, TRACE_OUT, withRunOptions } from './options.ts';
import { EXIT, requireWritable, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { withProject } from './project-options.ts';
import { planOptions, type RunOptions } from './run-command.ts';
import { withMachineOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `shrink`. */
export interface ShrinkCommandOptions extends RunOptions, FindingOptions {
  readonly out: string;
  readonly machine?: string;
  /** Leaves all values as they were. */
  readonly keepInputs?: boolean;
  /** The faults that do not strike in the run of the seed. */
  readonly without?: readonly FaultName[];
}

const RULES: readonly OptionRule[] = [
  { options: [...RUN_SETTINGS, '--without'], target: A_TRACE },
  { options: ['--machine'], target: A_MACHINE },
];

/** `phasmoscope shrink`: reduces a run that fails to the operations that matter. */
export const SHRINK: CommandModule = {
  examples: [
    ['Shrink a run that was recorded', 'shrink unchecked.jsonl.gz --out minimal.jsonl'],
    [
      'Shrink a seed, for one of its findings',
      'shrink dentist-booking --faults chaos --seed 7 --operations 1000 --finding "every booking is paid for" --out unpaid.jsonl',
    ],
    [
      'Shrink a seed another way, without second deliveries',
      'shrink dentist-booking --faults chaos --seed 7 --operations 1000 --without duplicated --out otherwise.jsonl',
    ],
  ],
  declare: (command) =>
    withOptionRules(
      withProject(
        withRunOptions(
          command.argument(
            '[target]',
            "a trace file, or a machine whose seed is run (default: the project's)",
          ),
        ),
      )
        .option('--keep-inputs', 'leave all values as they were, and only take steps out')
        .option(
          '--without <faults>',
          `run the seed without some faults, to see another way to the finding (${FAULT_NAMES.join(', ')})`,
          faultNames,
        )
        .requiredOption(...TRACE_OUT)
        .option('--finding <name>', 'the finding to keep (default: the first one)')
        .option('--shape <shape>', 'the kind of step of the finding, such as "completion Success"')
        .option(...TRACE_MACHINE),
      RULES,
    ),
  run: shrinkCommand,
};

/** @throws {InvalidArgumentError} for a name that no fault has. */
function faultNames(text: string): readonly FaultName[] {
  return text.split(',').map((given) => {
    const name = FAULT_NAMES.find((one) => one === given.trim());
    if (name) return name;
    throw new InvalidArgumentError(`The faults are ${FAULT_NAMES.join(', ')}.`);
  });
}

/** See {@link SHRINK}. */
export async function shrinkCommand(
  target: string,
  options: ShrinkCommandOptions,
): Promise<ExitCode> {
  await requireWritable(options.out);
  const isFile = target === STANDARD_INPUT || existsSync(target);
  if (isFile && !isMachineFile(target)) {
    const { trace } = await readTraceFile(target);
    return withMachineOf(trace.header, options.machine, (given) => {
      const loaded = withTimeLimit(given, options.timeLimit ?? trace.header.timeLimitMs);
      const finding = chooseFinding(trace, options, target);
      return shrinkFailing(loaded, failingOf(trace, loaded, finding), options, trace);
    });
  }
  const machine = findMachine(target, process.cwd());
  return withMachine(pathOfMachine(machine), async (given) => {
    const plan = planWithout(await planOptions(given, options), options.without ?? []);
    return shrinkFailing(plan.loaded, await fromSeed(plan, options), options);
  });
}

async function shrinkFailing(
  loaded: LoadedMachine,
  failing: FailingRecord,
  options: ShrinkCommandOptions,
  original?: Trace,
): Promise<ExitCode> {
  const line = new ProgressLine();
  let isCancelled = false;
  const startMs = performance.now();
  const shrinking = shrinkRecord(loaded, failing, {
    onProgress: (progress) => line.show(() => describe(progress)),
    isCancelled: breathing(() => isCancelled),
    keepsInputs: options.keepInputs,
    ...allowedWithout(options.without ?? []),
  }).catch((error: unknown) => {
    if (error instanceof ShrinkError) throw notReproducible(error);
    throw error;
  });
  const { lines, shrunk, finding } = await cancelOnInterrupt(shrinking, () => {
    isCancelled = true;
  });
  line.clear();
  const seconds = (performance.now() - startMs) / 1000;
  const trace = traceOfLines(lines);
  const carried =
    original && carriedNotes(original.notes, shrunkSteps(shrunk.stepIndices, original, trace));
  await writeTrace(trace, options.out, carried);
  const notes =
    original && carried ? { carried: carried.length, of: original.notes.length } : undefined;
  const explanation = await explainShrunk(loaded, trace, finding);
  const { machine } = loaded;
  const result = { machine, label: failing.label, shrunk, finding, explanation, notes, seconds };
  if (options.json) printAsJson(result, options.out);
  else printAsText(result, options.out);
  return EXIT.found;
}

/** What came of shrinking. */
interface ShrinkResult extends Pick<LoadedMachine, 'machine'>, Pick<FailingRecord, 'label'> {
  readonly shrunk: Shrunk;
  readonly finding: Finding;
  readonly explanation: Explanation | undefined;
  readonly notes: CarriedNotes | undefined;
  readonly seconds: number;
}

function printAsJson(result: ShrinkResult, out: string): void {
  const { machine, label, shrunk, finding, explanation, notes, seconds } = result;
  const { progress, operations, stepIndices, isCancelled } = shrunk;
  const { kind, name, message, source } = finding;
  printJson({
    machine: machine.name,
    scenario: label.scenario,
    seed: label.seed.toString(),
    faults: label.faults,
    finding: { kind, name, message, ...(source === undefined ? {} : { source }) },
    from: progress.from,
    steps: operations.length,
    stepIndices,
    operations: operations.map((operation, step) => {
      const was = stepBefore(stepIndices, step);
      return { step, operation: shapeOf(operation), ...(was === undefined ? {} : { was }) };
    }),
    tries: progress.tries,
    seconds,
    isCancelled,
    warnings: warningsOf(result),
    ...(explanation ? { explanation: sentencesOf(explanation).map(formatSentence) } : {}),
    ...notesAsJson(notes),
    out,
  });
}

function printAsText(result: ShrinkResult, out: string): void {
  const { shrunk, finding, explanation, notes, seconds } = result;
  const { progress, operations, stepIndices } = shrunk;
  printLine(style.bold(`${finding.kind}: ${finding.name}`));
  printMessage('  ', finding);
  printTable([
    ['steps', describeSteps(operations.length, progress.from)],
    ['tried', `${formatCount(progress.tries)} runs in ${seconds.toFixed(1)} s`],
    ['written to', out],
    ...notesAsRow(notes),
  ]);
  for (const [at, operation] of operations.entries()) {
    const was = stepBefore(stepIndices, at);
    const origin = was === undefined ? 'added: still due at the end' : `was ${formatCount(was)}`;
    printLine(`  ${String(at).padStart(3)}  ${shapeOf(operation)}  `, style.dim(origin));
  }
  if (explanation) printSentences(explanation);
  for (const warning of warningsOf(result)) printLine(style.yellow(warning));
}

/** Why the run may not be the shortest. */
function warningsOf({ shrunk, label }: Pick<ShrinkResult, 'shrunk' | 'label'>): readonly string[] {
  const { isCancelled, unfounded, isAtLimit } = shrunk;
  return [
    ...(isCancelled ? ['Stopped: a shorter run may exist.'] : []),
    ...(unfounded
      ? [
          `The external systems of ${label.scenario} sent ${shapeOf(unfounded)} when the run ` +
            'was replayed, although nothing was due. What they send must follow from receive and observe ' +
            'alone: take a result that observe sees off what poll and settle still owe. Until then, steps ' +
            'may be left that do not matter.',
        ]
      : []),
    ...(isAtLimit
      ? [
          'It ended at its limit of runs with simpler values, and may not be the simplest: shrink the ' +
            'trace once more to go on.',
        ]
      : []),
  ];
}

function describeSteps(steps: number, from: number): string {
  if (from === 0) return 'none: the initial state already fails';
  return `${formatCount(steps)} of ${formatCount(from)}`;
}

function describe({ phase, from, steps, tries, isAfresh }: ShrinkProgress): string {
  const what = phase === 'removing' ? 'Removing steps' : 'Simplifying values';
  const how = isAfresh ? ', the machine loaded again for each' : '';
  return `${what}: ${formatCount(steps)} of ${formatCount(from)} left, ${formatCount(tries)} runs tried${how}`;
}

async function fromSeed(plan: LoadedPlan, options: ShrinkCommandOptions): Promise<FailingRecord> {
  const seed = options.seed ?? defaultSeed(plan);
  const failing = await recordFailing(plan, seed, isMeant(options));
  if (failing) return failing;
  throw nothingFound(`Seed ${seed}`, options);
}

/**
 * A recorded run up to one of its findings, as the machine that is to shrink it executes it.
 *
 * @throws {ProblemError} when the trace is of another machine.
 */
export function failingOf(trace: Trace, loaded: LoadedMachine, finding: Finding): FailingRecord {
  // A counterexample is of a specification, which has a name of its own.
  if (trace.header.itf === undefined) requireMachine(loaded, trace.header);
  const { sourceHash } = loaded;
  const { scenario, seed, operationsMax, faults } = trace.header;
  return {
    label: { scenario, seed: BigInt(seed), operationsMax, faults, sourceHash },
    operations: operationsOf(trace).slice(0, finding.stepIndex + 1),
    finding,
  };
}

function notReproducible(error: ShrinkError): ProblemError {
  return new ProblemError({ title: error.message, remedy: NOT_REPRODUCIBLE }, { cause: error });
}
