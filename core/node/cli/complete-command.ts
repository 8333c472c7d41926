import { RootCommand, type Complete } from '@bomb.sh/tab';
import type { Command, Option } from 'commander';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { ProblemError } from '../../problem.ts';
import { readCatalog } from '../load/samples.ts';
import { printText } from '../report/print.ts';
import type { CommandModule } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';

/** The shells that completion is there for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/**
 * `phasmoscope complete`: prints the script that makes a shell complete commands, options and names. For
 * each completion the script calls `phasmoscope complete -- WORDS`, which executes nothing of the user's.
 */
export const COMPLETE: CommandModule = {
  examples: [
    ['For bash, in ~/.bashrc: source <(phasmoscope complete bash)', 'complete bash'],
    ['For zsh, in ~/.zshrc: source <(phasmoscope complete zsh)', 'complete zsh'],
    ['For fish, in config.fish: phasmoscope complete fish | source', 'complete fish'],
  ],
  declare: (command) =>
    command
      .argument('[shell]', `the shell: ${SHELLS.join(', ')}`)
      // The words of a line that is being typed are anything.
      .allowExcessArguments(),
  run: completeCommand,
};

async function completeCommand(
  shell: string | undefined,
  _options: unknown,
  command: Command,
): Promise<ExitCode> {
  const program = command.parent;
  if (!program) throw new Error('complete is a command of a program');
  // Commander keeps the words as they were typed, and does not declare them.
  const given = (program as unknown as { readonly rawArgs: readonly string[] }).rawArgs;
  const words = given.indexOf('--');
  printText(
    words < 0
      ? scriptFor(program, toShell(shell))
      : completionsOf(program, given.slice(words + 1)).join('\n'),
  );
  return EXIT.done;
}

function toShell(given: string | undefined): Shell {
  const shell = SHELLS.find((one) => one === given);
  if (shell !== undefined) return shell;
  throw new ProblemError({
    title:
      given === undefined ? 'No shell is given.' : `There is no completion for a shell "${given}".`,
    remedy: `Give one of ${SHELLS.join(', ')}.`,
  });
}

function scriptFor(program: Command, shell: Shell): string {
  const name = program.name();
  const script = linesOf(() => new RootCommand().setup(name, name, shell)).join('\n');
  // Without this, bash completes no names of files.
  return shell === 'bash' ? script.replace(/^complete -F/m, 'complete -o default -F') : script;
}

/** A file of any name, which the shell completes itself. */
const FILES = ':0';

/** What the words may go on with, as the scripts of the library read it; the last word is the one to complete. */
function completionsOf(program: Command, words: readonly string[]): readonly string[] {
  const lines = linesOf(() => describe(program).parse([...words]));
  // The last line says that there is nothing else: true only if there is something.
  return lines.length > 1 ? lines : [FILES];
}

/** The commands and options in the form of the library. Its own adapter knows no values of ours. */
function describe(program: Command): RootCommand {
  const root = new RootCommand();
  const help = program.createHelp();
  for (const option of help.visibleOptions(program)) addOption(root, option);
  for (const command of help.visibleCommands(program)) {
    const described = root.command(command.name(), command.description());
    for (const option of help.visibleOptions(command)) addOption(described, option);
    for (const argument of command.registeredArguments) {
      described.argument(argument.name(), valuesOf(argument.name()), argument.variadic);
    }
  }
  return root;
}

function addOption(command: Pick<RootCommand, 'option'>, option: Option): void {
  const name = option.long?.replace(/^--/, '');
  if (name === undefined) return;
  const { short, description, argChoices } = option;
  const alias = short?.replace(/^-/, '');
  if (!option.required && !option.optional) command.option(name, description, alias);
  else command.option(name, description, listing(argChoices) ?? valuesOf(name) ?? NOTHING, alias);
}

/** Gives the library each value that may follow. */
type Values = (complete: Complete) => void;

const NOTHING: Values = () => {};

/** The values of an argument or option, where they are known without executing a machine. */
function valuesOf(name: string): Values | undefined {
  switch (name) {
    case 'machine':
    case 'target':
      return (complete) => {
        for (const sample of readCatalog().samples) complete(sample.name, sample.description);
      };
    case 'faults':
      return listing(Object.keys(FAULT_PROFILES));
    case 'shell':
      return listing(SHELLS);
    default:
      return undefined;
  }
}

function listing(values: readonly string[] | undefined): Values | undefined {
  if (values === undefined) return undefined;
  return (complete) => {
    for (const value of values) complete(value, '');
  };
}

/** The library prints what it has to say to the console, which is for machines here. */
function linesOf(print: () => void): readonly string[] {
  const lines: string[] = [];
  const prints: Pick<Console, 'log'> = console;
  const { log } = prints;
  prints.log = (line: string) => lines.push(line);
  try {
    print();
  } finally {
    prints.log = log;
  }
  return lines;
}
