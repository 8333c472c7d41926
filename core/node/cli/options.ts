import { InvalidArgumentError, Option, type Command } from 'commander';
import { findView, nameOfView } from '../../contract/place.ts';
import { STEPS_MAX } from '../../limits.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { ProblemError } from '../../problem.ts';
import { chooseAmong } from '../../text/choices.ts';
import {
  parseCount,
  parseFromZero,
  parseOperations,
  parseSeed,
  parseStepIndex,
  parseTime,
  valueOf,
  type Parsed,
} from '../../text/quantities.ts';
import type { ExitCode } from './output.ts';

/** A command: what it takes, and what it does. Each is declared in the module that does it. */
export interface CommandModule {
  /** Command lines to begin with, for the help: what each is for, and what follows `phasmoscope`. */
  readonly examples: readonly (readonly [what: string, line: string])[];
  /** Adds the arguments, the options and the rest of the help. */
  readonly declare: (command: Command) => Command;
  /** Is given the values of the arguments in their order, and the options. */
  readonly run: (...given: never[]) => Promise<ExitCode>;
}

/** The argument of commands that run a machine. */
export const MACHINE = [
  '[machine]',
  'the name of a sample, or the path of a .ts or .js file (default: that of the project)',
] as const;
/** The argument of commands that read a trace. */
export const TRACE = ['<file>', 'a trace file, or - for standard input'] as const;
/** The option of commands that execute a trace. */
export const TRACE_MACHINE = [
  '--machine <machine>',
  'the machine of the trace, unless it is a sample or that of the project',
] as const;
export const FAULTS = [
  '--faults <profile>',
  `fault profile: ${Object.keys(FAULT_PROFILES).join(', ')}, or one of the machine`,
] as const;
export const SCENARIO = [
  '--scenario <name>',
  'the scenario (default: the first one of the machine)',
] as const;
export const INPUTS = [
  '--inputs <file>',
  'run a JSON array of inputs instead of a scenario',
] as const;
export const JSON_FLAG = ['--json', 'print one JSON document on standard output'] as const;
export const TRACE_OUT = [
  '--out <file>',
  'the trace file to write; compressed if it ends in .gz',
  outputFile,
] as const;
export const OPERATIONS = [
  '--operations <n>',
  'the number of operations of a run (default: that of the scenario)',
  typed(parseOperations),
] as const;
export const TIME_LIMIT = [
  '--time-limit <time>',
  'the time that a step may take: 500ms, 5s (default: 5s); one that takes longer is a finding',
  typed(parseTime),
] as const;

/** The options of commands that run one seed. */
export function withRunOptions(command: Command): Command {
  return command
    .option(...SCENARIO)
    .option(...INPUTS)
    .option('--seed <n>', 'the seed (default: that of the scenario)', typed(parseSeed))
    .option(...OPERATIONS)
    .option(...FAULTS, 'none')
    .option(...TIME_LIMIT)
    .option(...JSON_FLAG);
}

/** The option `--view`, whose choices are the names of the tabs of these views. */
export function viewOption(description: string, views: readonly string[]): Option {
  const names = views.map(nameOfView);
  return new Option('--view <name>', description).choices(names).argParser((text) => {
    const view = findView(views, text);
    if (view !== undefined) return view;
    throw new InvalidArgumentError(chooseAmong(text, names));
  });
}

/** Makes the parser of an option for commander: wrong text ends the command with its problem. */
export function typed<T>(parse: (text: string) => Parsed<T>): (text: string) => T {
  return (text) => valueOf(parse(text));
}

/** The name of a file to write: for reading, `-` is standard input, so here it is taken for a slip. */
export function outputFile(name: string): string {
  if (name !== '-') return name;
  throw new ProblemError({
    title: 'Results are not written to standard output: - is not a file.',
    remedy: 'Give the name of a file, or /dev/stdout.',
  });
}

/** Makes the parser of an option that takes a whole number from 1 on. */
export function whole(what: string, max: number): (text: string) => number {
  return typed((text) => parseCount(text, what, max));
}

/** Makes the parser of an option that counts from 0, such as the number of an action. */
export function fromZero(what: string): (text: string) => number {
  return typed((text) => parseFromZero(text, what, STEPS_MAX));
}

/** Parses the number of a step. */
export function stepNumber(text: string): number {
  return valueOf(parseStepIndex(text, STEPS_MAX));
}
