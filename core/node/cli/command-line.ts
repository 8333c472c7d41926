import { Command, CommanderError, Option } from 'commander';
import { STEPS_MAX } from '../../limits.ts';
import { TIME_LIMIT_MS_MAX } from '../../machine/child-process.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { ProblemError } from '../../problem.ts';
import {
  parseCount,
  parseFromZero,
  parseOperations,
  parseSeed,
  parseSeedCount,
  parseSeedRange,
  parseShard,
  SEEDS_MAX,
  parseStepIndex,
  parseTime,
  valueOf,
  type Parsed,
} from '../../text/quantities.ts';
import { printErrorText, printJson, printText } from '../report/print.ts';
import { EXIT, EXPORT_FORMATS, refuse, type ExitCode } from './output.ts';

/** Each command needs much that others do not, so it is loaded when it is given. */
const MODULES = {
  check: () => import('./check-command.ts'),
  checkMachine: () => import('./check-machine-command.ts'),
  diff: () => import('./diff-command.ts'),
  explain: () => import('./explain-command.ts'),
  exportTest: () => import('./export-test-command.ts'),
  fork: () => import('./fork-command.ts'),
  interchange: () => import('./interchange-command.ts'),
  machines: () => import('./machines-command.ts'),
  new: () => import('./new-command.ts'),
  query: () => import('./query-command.ts'),
  open: () => import('./open-command.ts'),
  origin: () => import('./origin-command.ts'),
  run: () => import('./run-command.ts'),
  shrink: () => import('./shrink-command.ts'),
  sweep: () => import('./sweep-command.ts'),
  whatIf: () => import('./what-if-command.ts'),
  verify: () => import('./verify-command.ts'),
  why: () => import('./why-command.ts'),
};

const MACHINE = ['<machine>', 'the name of a sample, or the path of a .ts or .js file'] as const;
const TRACE_MACHINE = [
  '--machine <machine>',
  'the machine of the trace, unless it is a sample',
] as const;
const FAULTS_HELP = `fault profile: ${Object.keys(FAULT_PROFILES).join(', ')}, or one of the machine`;
const SCENARIO = [
  '--scenario <name>',
  'the scenario (default: the first one of the machine)',
] as const;
const INPUTS = ['--inputs <file>', 'run a JSON array of inputs instead of a scenario'] as const;
const JSON_FLAG = ['--json', 'print one JSON document on standard output'] as const;
const TRACE_OUT = [
  '--out <file>',
  'the trace file to write; compressed if it ends in .gz',
  outputFile,
] as const;

/** Parses the number of a step. */
const step = typed((text) => parseStepIndex(text, STEPS_MAX));
const WORKERS_MAX = 256;
const RUNS_MAX = 1_000_000;
const SAMPLING_MAX = 1_000_000;

/** Makes the parser of an option for commander: wrong text ends the command with its problem. */
function typed<T>(parse: (text: string) => Parsed<T>): (text: string) => T {
  return (text) => valueOf(parse(text));
}

/** The name of a file to write: for reading, `-` is standard input, so here it is taken for a slip. */
function outputFile(name: string): string {
  if (name !== '-') return name;
  throw new ProblemError({
    title: 'Results are not written to standard output: - is not a file.',
    remedy: 'Give the name of a file, or /dev/stdout.',
  });
}

/** Makes the parser of an option that takes a whole number from 1 on. */
function whole(what: string, max: number): (text: string) => number {
  return typed((text) => parseCount(text, what, max));
}

const OPERATIONS = [
  '--operations <n>',
  'the number of operations of a run (default: that of the scenario)',
  typed(parseOperations),
] as const;

const TIME_LIMIT = [
  '--time-limit <time>',
  'the time that a step may take: 500ms, 5s (default: 5s); one that takes longer is a finding',
  typed(parseTime),
] as const;

/** What the command line is built of: the program, and where the exit code of a command goes. */
interface Builder {
  readonly program: Command;
  readonly finish: (code: ExitCode) => void;
}

/** Builds the command line; `finish` takes the exit code of the command that ran. */
function buildProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('phasmoscope')
    .description('Time-travel debugger for phallible async state machines.')
    .exitOverride()
    .showHelpAfterError('(--help lists the arguments and options)')
    .configureOutput({
      writeOut: (text) => printText(text.trimEnd()),
      writeErr: (text) => printErrorText(text.trimEnd()),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, nothing found; 1 a finding, a difference or a seed that breaks; ' +
        '2 wrong usage, unusable input or an incomplete result.',
    );
  for (const add of [addRuns, addSweeps, addTraces, addWhatIf, addMachines])
    add({ program, finish });
  return program;
}

function withRunOptions(command: Command): Command {
  return command
    .option(...SCENARIO)
    .option(...INPUTS)
    .option('--seed <n>', 'the seed (default: that of the scenario)', typed(parseSeed))
    .option(...OPERATIONS)
    .option('--faults <profile>', FAULTS_HELP, 'none')
    .option(...TIME_LIMIT)
    .option(...JSON_FLAG);
}

/** Commands that run one seed. */
function addRuns({ program, finish }: Builder): void {
  withRunOptions(
    program
      .command('run')
      .description('Run one seed and print what it found.')
      .argument(...MACHINE),
  ).action(async (machine, options) =>
    finish(await (await MODULES.run()).runCommand(machine, options)),
  );
  withRunOptions(
    program
      .command('record')
      .description('Run one seed and write its trace to a file.')
      .argument(...MACHINE),
  )
    .requiredOption(...TRACE_OUT)
    .action(async (machine, options) =>
      finish(await (await MODULES.run()).recordCommand(machine, options)),
    );
  withRunOptions(
    program
      .command('shrink')
      .description('Reduce a failing run to the operations and faults that matter.')
      .argument('<target>', 'a trace file, or a machine whose seed is run'),
  )
    .option('--keep-inputs', 'leave all values as they were, and only take steps out')
    .requiredOption(...TRACE_OUT)
    .option('--finding <name>', 'the finding to keep (default: the first one)')
    .option('--shape <shape>', 'the kind of step of the finding, such as "completion Success"')
    .option(...TRACE_MACHINE)
    .action(async (target, options) =>
      finish(await (await MODULES.shrink()).shrinkCommand(target, options)),
    );
}

function withReportOptions(command: Command): Command {
  return command
    .option('--report <file>', 'write the report as JSON, for `phasmoscope merge`', outputFile)
    .option('--junit <file>', 'write the report as JUnit XML', outputFile)
    .option(...JSON_FLAG);
}

/** Commands about many seeds. */
function addSweeps({ program, finish }: Builder): void {
  const time = [
    '--time-budget <time>',
    'run as many seeds as fit in this time: 60s, 10m, 2h',
    typed(parseTime),
  ] as const;
  const rulesEvery = [
    '--rules-every <n>',
    'check determinism, and freeze inputs, at every n-th step (default: 16)',
    whole('value of --rules-every', SAMPLING_MAX),
  ] as const;
  const invariantsEvery = [
    '--invariants-every <n>',
    'check invariants at every n-th change of the state (default: 1)',
    whole('value of --invariants-every', SAMPLING_MAX),
  ] as const;
  withReportOptions(
    program
      .command('sweep')
      .description('Run many seeds on all cores and group their findings by cause.')
      .argument(...MACHINE)
      .option(...SCENARIO)
      .option(...INPUTS)
      .option('--seeds <a..b>', 'the first and the last seed', typed(parseSeedRange))
      .option('--count <n>', 'the number of seeds (default: 100)', typed(parseSeedCount))
      .option('--from <n>', 'the first seed (default: 0)', typed(parseSeed))
      .option(
        '--one-in <n>',
        'as many seeds as show that fewer than 1 in n fail',
        whole('value of --one-in', SEEDS_MAX),
      )
      .option(
        '--confidence <percent>',
        'the confidence of that (default: 95)',
        whole('confidence in percent', 99),
      )
      .option(...time)
      .option(...OPERATIONS)
      .option('--faults <profile>', FAULTS_HELP, 'none')
      .option(...TIME_LIMIT)
      .option(
        '--workers <n>',
        'the number of threads (default: one for each core)',
        whole('number of workers', WORKERS_MAX),
      )
      .option('--shard <i/n>', 'run one part of the seeds (default: as CI says)', typed(parseShard))
      .option(...rulesEvery)
      .option(...invariantsEvery)
      .option('--save', 'keep an example of each cause beside the machine and try it first later')
      .option('--traces <folder>', 'write the trace of an example of each cause to a folder'),
  ).action(async (machine, options) =>
    finish(await (await MODULES.sweep()).sweepCommand(machine, options)),
  );
  withReportOptions(
    program
      .command('merge')
      .description('Add up the reports of the shards of a sweep.')
      .argument('<reports...>', 'files that `phasmoscope sweep --report` wrote'),
  ).action(async (files, options) =>
    finish(await (await MODULES.sweep()).mergeCommand(files, options)),
  );
}

/** Commands that take a trace or write one. */
function addTraces({ program, finish }: Builder): void {
  program
    .command('verify')
    .description('Re-execute a trace and print the first step that differs.')
    .argument('<file>', 'a trace file, or - for standard input')
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.verify()).verifyCommand(file, options)),
    );
  program
    .command('query')
    .description(
      'Find the steps of traces at which an expression is true, an invariant false, or a record meant.',
    )
    .argument('[files...]', 'trace files, or folders with some; with --seeds, the machine')
    .option('--where <expression>', 'find where it is true, such as \'outcome.kind == "err"\'')
    .option('--always <expression>', 'find where it is false, and end with 1 if it is')
    .option('--invariant <name>', 'the same for an invariant of the machine as it is now')
    .option('--record <record>', 'find the steps about a record, such as order/17')
    .option('--lifecycle', 'count the transitions of records; end with 1 if one is not declared')
    .option(...TRACE_MACHINE)
    .option('--first', 'only the first step of each trace')
    .option('--seeds <a..b>', 'ask seeds that are run again, not traces', typed(parseSeedRange))
    .option(...SCENARIO)
    .option(...INPUTS)
    .option(...OPERATIONS)
    .option('--faults <profile>', FAULTS_HELP, 'none')
    .option(...JSON_FLAG)
    .action(async (files, options) =>
      finish(await (await MODULES.query()).queryCommand(files, options)),
    );
  program
    .command('origin')
    .description('Follow a value of the state back to the input or result that it came from.')
    .argument('<file>', 'a trace file, or - for standard input')
    .argument('<path>', 'where it is in the state, such as \'bookings["Monday 09:15"].userId\'')
    .option('--step <number>', 'the step after which it is there (default: the last one)', step)
    .option(...JSON_FLAG)
    .action(async (file, path, options) =>
      finish(await (await MODULES.origin()).originCommand(file, path, options)),
    );
  program
    .command('why')
    .description('Explain a step of a trace: what led to it, and what its finding speaks of.')
    .argument('<file>', 'a trace file, or - for standard input')
    .option('--step <number>', 'the step (default: that of the first finding)', step)
    .option('--markdown', 'write it as Markdown')
    .option(...JSON_FLAG)
    .action(async (file, options) => finish(await (await MODULES.why()).whyCommand(file, options)));
  program
    .command('export-test')
    .description('Write a failing run as a vitest test that fails until the machine is corrected.')
    .argument('<file>', 'a trace file, preferably one that `phasmoscope shrink` wrote')
    .requiredOption('--out <file>', 'the test file to write', outputFile)
    .option('--finding <name>', 'the finding to test (default: the one it was shrunk to)')
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.exportTest()).exportTestCommand(file, options)),
    );
  program
    .command('export')
    .description('Write a trace for other tools: Perfetto, or the Informal Trace Format (ITF).')
    .argument('<file>', 'a trace file, or - for standard input')
    .addOption(
      new Option('--as <format>', 'the format').choices(EXPORT_FORMATS).makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'the file to write', outputFile)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.interchange()).exportCommand(file, options)),
    );
  program
    .command('import')
    .description('Turn a counterexample of Apalache or Quint (ITF) into a trace.')
    .argument('<file>', 'an ITF file')
    .requiredOption(...TRACE_OUT)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.interchange()).importCommand(file, options)),
    );
}

/** A number that counts from 0, such as that of a step. */
function index(what: string): (text: string) => number {
  return typed((text) => parseFromZero(text, what, STEPS_MAX));
}

/** Commands that try what a recorded run would have come to. */
function addWhatIf({ program, finish }: Builder): void {
  program
    .command('fork')
    .description('Change something in a recorded run, and show what becomes of it.')
    .argument('<file>', 'a trace file, or - for standard input')
    .option('--at <step>', 'the step of the trace that the changes concern', step)
    .option(
      '--crash [n]',
      'the process crashes after the step, when n of its actions are out (default: 0)',
      index('number of actions'),
    )
    .option('--crash-before-commit', 'the process dies in the step, before its commit')
    .option(
      '--crash-at-access <n>',
      'the process dies at the n-th access to the state, from 0',
      index('number of an access'),
    )
    .option(
      '--fail-access <n>',
      'the n-th access to the state fails, from 0',
      index('number of an access'),
    )
    .option('--fail-commit', 'the commit of the step fails')
    .option(
      '--refuse <n>',
      'the n-th action of the step is refused, from 0',
      index('number of an action'),
    )
    .option('--no-fault', 'no fault strikes in the step')
    .option(
      '--deliver <id[=result]>',
      'a result arrives after the step (default: the one that the trace has for the action)',
    )
    .option('--twice', 'the result of the step arrives a second time after it')
    .option('--result <json>', 'the step brings another result')
    .option('--drop', 'the result of the step is lost on its way')
    .option('--move-before <step>', 'the step comes before another one', step)
    .option('--input <json>', 'the step has another input')
    .option('--insert <json>', 'a further input comes after the step')
    .option('--remove', 'the step does not take place')
    .option('--changes <file>', 'a JSON file of changes, or of a whole fork')
    .addOption(
      new Option('--goes-on <how>', 'how it goes on after the changes (default: same)').choices([
        'same',
        'scenario',
        'new',
      ]),
    )
    .option('--new-draws <seed>', 'go on with the draws of another seed', typed(parseSeed))
    .option('--settle', 'deliver everything that is outstanding at the end, and judge')
    .option('--out <file>', 'write the trace of the fork; compressed if it ends in .gz', outputFile)
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.fork()).forkCommand(file, options)),
    );
  program
    .command('explain')
    .description('Say why a run fails: take out each of its parts, and run it again.')
    .argument('<file>', 'a trace file, or - for standard input')
    .option('--finding <name>', 'the finding to explain (default: the first one)')
    .option('--shape <shape>', 'the kind of step of the finding, such as "completion Success"')
    .option('--step <n>', 'the step of the finding', step)
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.explain()).explainCommand(file, options)),
    );
  program
    .command('diff')
    .description('Align two traces by their operations, and say in what they differ.')
    .argument('<a>', 'a trace file')
    .argument('<b>', 'another one')
    .option(...JSON_FLAG)
    .action(async (a, b, options) =>
      finish(await (await MODULES.diff()).diffCommand(a, b, options)),
    );
  program
    .command('doom')
    .description('Draw how likely a failed run was to fail after each of its steps.')
    .argument('<file>', 'a trace file with a finding')
    .option('--finding <name>', 'the finding (default: the first one)')
    .option('--shape <shape>', 'the shape of its step, where several causes share a name')
    .option('--runs <n>', 'the number of runs in all', whole('number of runs', RUNS_MAX))
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.whatIf()).doomCommand(file, options)),
    );
  program
    .command('crash-everywhere')
    .description('Crash a run at every point of every step, and say where it does not recover.')
    .argument('<file>', 'a trace file')
    .option('--from <step>', 'the first step (default: 0)', step)
    .option('--to <step>', 'the step before which it ends (default: the end)', step)
    .option(...TRACE_MACHINE)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      finish(await (await MODULES.whatIf()).crashEverywhereCommand(file, options)),
    );
}

/** Commands about machines, and the window. */
function addMachines({ program, finish }: Builder): void {
  program
    .command('open')
    .description('Open the window on a trace, on a machine, or on the last session.')
    .argument('[target]', 'a trace file, the name of a sample, or a machine file')
    .option(...SCENARIO)
    .option(...INPUTS)
    .option('--seed <n>', 'the seed to run', typed(parseSeed))
    .option(...OPERATIONS)
    .option('--faults <profile>', FAULTS_HELP)
    .action(async (target, options) =>
      finish(await (await MODULES.open()).openCommand(target, options)),
    );
  program
    .command('check')
    .description('Type-check a machine file, list its scenarios, and say what is missing.')
    .argument(...MACHINE)
    .option(...JSON_FLAG)
    .action(async (machine, options) =>
      finish(await (await MODULES.check()).checkCommand(machine, options)),
    );
  program
    .command('new')
    .description('Write a small machine with a scenario and a test into a new folder.')
    .argument('<folder>', 'a folder that does not exist yet')
    .option(...JSON_FLAG)
    .action(async (folder, options) =>
      finish(await (await MODULES.new()).newCommand(folder, options)),
    );
  program
    .command('machines')
    .description('List the samples with their scenarios.')
    .option(...JSON_FLAG)
    .action(async (options) => finish(await (await MODULES.machines()).machinesCommand(options)));
  program
    .command('check-machine')
    .description('Check that a machine in another language keeps the protocol.')
    .argument(
      '<command...>',
      'the program and its arguments; put -- before them if one is an option',
    )
    .allowUnknownOption()
    .option('--inputs <file>', 'a JSON array of inputs for stf, in order')
    .option(
      '--time-limit <ms>',
      'the time for one answer, in milliseconds (default: 5000)',
      whole('number of milliseconds', TIME_LIMIT_MS_MAX),
    )
    .option(...JSON_FLAG)
    .action(async (command, options) =>
      finish(await (await MODULES.checkMachine()).checkMachineCommand(command, options)),
    );
}

/**
 * Runs a command in this process.
 *
 * @param args what is given after the name of the program.
 * @returns the exit code. Output goes to this process's standard output and standard error.
 */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  try {
    const program = buildProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const asJson = args.includes('--json');
    if (!(error instanceof CommanderError)) return refuse(error, asJson);
    // Commander has printed the message already; asking for help is not an error.
    if (error.exitCode === 0) return EXIT.done;
    const title = error.message.replace(/^error: /, '');
    if (asJson) printJson({ error: { title, remedy: '--help lists the arguments and options.' } });
    return EXIT.refused;
  }
}
