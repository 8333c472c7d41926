import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { PACKAGE_ROOT } from '../package-root.ts';
import { printErrorText, printJson, printText } from '../report/print.ts';
import { COMMANDS } from './commands.ts';
import type { CommandModule } from './options.ts';
import { EXIT, refuse, type ExitCode } from './output.ts';

const EXIT_CODES =
  '\nphasmoscope COMMAND --help has examples of a command.\n' +
  '\nExit codes: 0 done, nothing found; 1 a finding, a difference or a seed that breaks; ' +
  '2 wrong usage, unusable input or an incomplete result.';

/**
 * Builds the command line. Of commands that are not named, only the summaries are there.
 *
 * @param isNamed whether a command is to be complete.
 * @param finish takes the exit code of the command that ran.
 */
async function buildProgram(
  isNamed: (name: string) => boolean,
  finish: (code: ExitCode) => void,
): Promise<Command> {
  const program = new Command('phasmoscope')
    .description('Time-travel debugger for phallible async state machines.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(--help lists the arguments and options)')
    .configureOutput({
      writeOut: (text) => printText(text.trimEnd()),
      writeErr: (text) => printErrorText(text.trimEnd()),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES);
  for (const [heading, entries] of Object.entries(COMMANDS)) {
    program.commandsGroup(`${heading}:`);
    for (const { name, summary, load } of entries) {
      const command = program.command(name).description(summary);
      if (!isNamed(name)) continue;
      const { declare, run, examples } = await load();
      declare(command)
        .addHelpText('after', describeExamples(examples))
        .action(async (...given) => finish(await run(...(given as never[]))));
    }
  }
  return program;
}

/** The examples as a part of the help, below the options. */
function describeExamples(examples: CommandModule['examples']): string {
  const lines = examples.flatMap(([what, line]) => [`  ${what}:`, `    phasmoscope ${line}`]);
  return ['\nExamples:', ...lines].join('\n');
}

/** The version of Phasmoscope, from its own package. */
function ownVersion(): string {
  const own = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return own.version;
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
    const program = await buildProgram(
      (name) => args.includes(name),
      (code) => {
        exitCode = code;
      },
    );
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
