import { TIME_LIMIT_MS_DEFAULT, TIME_LIMIT_MS_MAX } from '../../machine/child-process.ts';
import { readOperations } from '../load/inputs-file.ts';
import { checkConformance, type Check } from '../process/conformance.ts';
import { printIndented, printJson, printLine, style } from '../report/print.ts';
import { type CommandModule, JSON_FLAG, whole } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';

/** The options of `check-machine`. */
export interface CheckMachineOptions {
  readonly inputs?: string;
  /** In milliseconds. */
  readonly timeLimit?: number;
  readonly json?: boolean;
}

/** `phasmoscope check-machine`: checks that the process of a machine keeps the protocol. */
export const CHECK_MACHINE: CommandModule = {
  examples: [
    ['Check a machine in Python', 'check-machine --inputs visits.json -- python3 machine.py'],
  ],
  declare: (command) =>
    command
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
      .option(...JSON_FLAG),
  run: checkMachineCommand,
};

async function checkMachineCommand(
  command: readonly string[],
  options: CheckMachineOptions,
): Promise<ExitCode> {
  const inputs = options.inputs === undefined ? undefined : await readOperations(options.inputs);
  const { timeLimit: timeLimitMs = TIME_LIMIT_MS_DEFAULT } = options;
  const start = { command, folder: process.cwd(), timeLimitMs };
  const progress = new ProgressLine();
  progress.show(() => `Starting ${command.join(' ')}`);
  const checks = await checkConformance(start, inputs, ({ name, version, done, of }) =>
    progress.show(() => `protocol version ${version}: ${name}`, done / of),
  ).finally(() => progress.clear());
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const versions = [...new Set(checks.map(({ version }) => version))];
  if (options.json) printJson({ command, protocolVersion: versions[0], versions, failed, checks });
  else printChecks(command, checks, failed);
  return failed === 0 ? EXIT.done : EXIT.found;
}

function printChecks(command: readonly string[], checks: readonly Check[], failed: number): void {
  let shown: Check['version'] | undefined;
  for (const { name, version, status, cause, remedy } of checks) {
    if (version !== shown) printLine(`${command.join(' ')}, protocol version ${version}`);
    shown = version;
    printLine('  ', SIGNS[status], ` ${name}`);
    if (cause !== undefined) printIndented('      ', cause);
    if (remedy !== undefined) printLine(style.dim(`      ${remedy}`));
  }
  const passed = checks.filter(({ status }) => status === 'passed').length;
  const asked = passed + failed;
  printLine(
    failed === 0
      ? style.green(`It passes all ${asked} checks.`)
      : style.red(`It fails ${failed} of ${asked} checks.`),
  );
}

const SIGNS = {
  passed: style.green('passed '),
  failed: style.red('failed '),
  'not applicable': style.dim('not asked'),
} as const;
