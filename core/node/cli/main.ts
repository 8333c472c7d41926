import { Command, CommanderError, Option } from 'commander';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { ProblemError, type Problem } from '../../problem.ts';
import { strayProblem } from '../load/machine-loader.ts';
import { checkMachineCommand } from './check-machine-command.ts';
import { exportTestCommand } from './export-test-command.ts';
import { EXPORT_FORMATS, exportCommand, importCommand } from './interchange-command.ts';
import { machinesCommand } from './machines-command.ts';
import { newCommand } from './new-command.ts';
import { openCommand } from './open-command.ts';
import { EXIT, keepStandardOutput, printJson, printLine, refuse, type ExitCode } from './output.ts';
import { recordCommand, runCommand } from './run-command.ts';
import { shrinkCommand } from './shrink-command.ts';
import { mergeCommand, sweepCommand } from './sweep-command.ts';
import { verifyCommand } from './verify-command.ts';

const MACHINE = ['<machine>', "a sample's name, or the path of a .ts or .js file"] as const;
const FAULTS_HELP = `one of: ${Object.keys(FAULT_PROFILES).join(', ')}; or the machine's own`;
const JSON_FLAG = ['--json', 'print one JSON document on standard output'] as const;

/** Builds the command line; `finish` takes the exit code of the command that ran. */
function buildProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('phasmoscope')
    .description('Time-travel debugger for phallible async state machines.')
    .exitOverride()
    .showHelpAfterError('(with --help, it says what it takes)')
    .configureOutput({ writeOut: (text) => printLine(text.trimEnd()) })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, nothing found; 1 a finding, a difference, or a seed that breaks; ' +
        '2 wrong usage or input, or no answer.',
    );
  const withRunOptions = (command: Command, what?: string) =>
    command
      .argument(what === undefined ? MACHINE[0] : '<target>', what ?? MACHINE[1])
      .option('--scenario <name>', "the scenario; the machine's first one by default")
      .option('--inputs <file>', 'a JSON array of inputs, as a scenario of its own')
      .option('--seed <n>', "0 to 18446744073709551615; the scenario's own by default")
      .option('--operations <n>', "how many; the scenario's own number by default")
      .option('--faults <profile>', FAULTS_HELP, 'none')
      .option(...JSON_FLAG);
  withRunOptions(program.command('run').description('Run a seed and tell what came of it.')).action(
    async (machine, options) => finish(await runCommand(machine, options)),
  );
  withRunOptions(program.command('record').description('Run a seed and write its trace to a file.'))
    .requiredOption('--out <file>', 'the trace file; compressed when it ends in .gz')
    .action(async (machine, options) => finish(await recordCommand(machine, options)));
  const withReportOptions = (command: Command) =>
    command
      .option('--report <file>', 'write the report as JSON, to be merged with others')
      .option('--junit <file>', 'write the report as JUnit XML')
      .option(...JSON_FLAG);
  withReportOptions(
    program
      .command('sweep')
      .description('Run many seeds on all cores; findings are grouped by cause.')
      .argument(...MACHINE)
      .option('--scenario <name>', "the scenario; the machine's first one by default")
      .option('--inputs <file>', 'a JSON array of inputs, as a scenario of its own')
      .option('--seeds <a..b>', 'the first and the last seed')
      .option('--count <n>', 'how many seeds; 100 by default')
      .option('--from <n>', 'the first seed; 0 by default')
      .option('--time-budget <time>', 'as many seeds as there is time for: 60s, 10m')
      .option('--operations <n>', "how many for each seed; the scenario's own number by default")
      .option('--faults <profile>', FAULTS_HELP, 'none')
      .option('--workers <n>', 'how many threads; one for each core by default')
      .option('--shard <i/n>', 'one part of the seeds; taken from the environment in CI')
      .option(
        '--rules-every <n>',
        'ask determinism, and freeze inputs, at every n-th step; 16 by default',
      )
      .option('--invariants-every <n>', 'ask invariants at every n-th change; 1 by default')
      .option('--save', 'keep an example of each cause beside the machine, to be tried first')
      .option('--traces <folder>', 'write the trace of an example of each cause to a folder'),
  ).action(async (machine, options) => finish(await sweepCommand(machine, options)));
  withReportOptions(
    program
      .command('merge')
      .description('Add up the reports of the shards of a sweep.')
      .argument('<reports...>', 'files that sweep --report wrote'),
  ).action(async (files, options) => finish(await mergeCommand(files, options)));
  withRunOptions(
    program
      .command('shrink')
      .description('Reduce a run that fails to the operations and faults that matter.'),
    'a trace file, or a machine whose seed is run',
  )
    .requiredOption('--out <file>', 'the trace of what is left; compressed when it ends in .gz')
    .option('--finding <name>', 'the finding to keep; the first one by default')
    .option('--shape <shape>', 'the step that it is at, such as "completion Success"')
    .option('--machine <machine>', 'the machine of a trace file, when it is not a sample')
    .action(async (target, options) => finish(await shrinkCommand(target, options)));
  program
    .command('export-test')
    .description('Write a run that fails as a vitest test, which fails until it is mended.')
    .argument('<file>', 'a trace file, best one that shrink wrote')
    .requiredOption('--out <file>', 'the test file')
    .option('--finding <name>', 'the finding to test; the one it was shrunk to by default')
    .option('--machine <machine>', 'its machine, when it is not a sample')
    .option(...JSON_FLAG)
    .action(async (file, options) => finish(await exportTestCommand(file, options)));
  program
    .command('export')
    .description(
      'Write a trace for other tools: Perfetto, or readers of the Informal Trace Format.',
    )
    .argument('<file>', 'a trace file')
    .addOption(
      new Option('--as <format>', 'the format').choices(EXPORT_FORMATS).makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'the file to write')
    .option(...JSON_FLAG)
    .action(async (file, options) => finish(await exportCommand(file, options)));
  program
    .command('import')
    .description('Turn a counterexample of Apalache or Quint (ITF) into a trace.')
    .argument('<file>', 'an ITF file')
    .requiredOption('--out <file>', 'the trace file; compressed when it ends in .gz')
    .option(...JSON_FLAG)
    .action(async (file, options) => finish(await importCommand(file, options)));
  program
    .command('verify')
    .description('Re-execute a trace and name the first step that differs.')
    .argument('<file>', 'a trace file')
    .option('--machine <machine>', 'its machine, when it is not a sample')
    .option(...JSON_FLAG)
    .action(async (file, options) => finish(await verifyCommand(file, options)));
  program
    .command('check-machine')
    .description("Tell what a machine's process gets wrong in the protocol for other languages.")
    .argument('<command...>', 'the program and its arguments; after --, if one is an option here')
    .allowUnknownOption()
    .option('--inputs <file>', 'a JSON list of inputs for stf, in order')
    .option('--time-limit <ms>', 'how long it may take for an answer; 5000 by default')
    .option(...JSON_FLAG)
    .action(async (command, options) => finish(await checkMachineCommand(command, options)));
  program
    .command('open')
    .description('Open the window on a trace, on a machine, or where you left it.')
    .argument('[target]', "a trace file, a sample's name, or a machine file")
    .option('--scenario <name>', 'the scenario to run')
    .option('--inputs <file>', 'a JSON array of inputs to run instead')
    .option('--seed <n>', 'the seed to run')
    .option('--operations <n>', 'how many operations')
    .option('--faults <profile>', FAULTS_HELP)
    .action(async (target, options) => finish(await openCommand(target, options)));
  program
    .command('new')
    .description('Write a small machine with a scenario and a test into a folder.')
    .argument('<folder>', 'one that does not exist yet')
    .option(...JSON_FLAG)
    .action(async (folder, options) => finish(await newCommand(folder, options)));
  program
    .command('machines')
    .description('List the samples with their scenarios.')
    .option(...JSON_FLAG)
    .action(async (options) => finish(await machinesCommand(options)));
  return program;
}

async function main(args: readonly string[]): Promise<ExitCode> {
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
    // Commander has told people already what was wrong; asking for help is no error.
    if (error.exitCode === 0) return EXIT.done;
    const title = error.message.replace(/^error: /, '');
    if (asJson) printJson({ error: { title, remedy: 'With --help, it says what it takes.' } });
    return EXIT.refused;
  }
}

/**
 * The machine shares this process. What it prints is no part of the answer, and what it breaks, by
 * a rejection that nobody awaits, by ending the process, or by an answer that never comes, must
 * not look like a run without findings.
 */
function guardAgainstMachine(asJson: boolean): () => void {
  keepStandardOutput();
  const fail = (problem: Problem) => {
    letGo();
    process.exitCode = refuse(new ProblemError(problem), asJson);
    process.exit();
  };
  const remedy = 'Mend the machine: everything that it starts must end before its step does.';
  const failStray = (error: unknown) => fail(strayProblem(error));
  const listeners = {
    uncaughtException: failStray,
    unhandledRejection: failStray,
    beforeExit: () => fail({ title: 'A step of the machine never came to an end.', remedy }),
    exit: () => fail({ title: 'The machine ended the process.', remedy }),
  };
  // Others tidy up when the process ends, and are left.
  const letGo = () => {
    for (const [event, listener] of Object.entries(listeners)) process.off(event, listener);
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);
  return letGo;
}

const release = guardAgainstMachine(process.argv.includes('--json'));
// A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  release();
  process.exit();
});
const exitCode = await main(process.argv.slice(2));
release();
process.exitCode = exitCode;
