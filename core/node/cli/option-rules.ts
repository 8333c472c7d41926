import type { Command, Option } from 'commander';
import { ProblemError } from '../../problem.ts';
import { isRecorded } from './project-options.ts';

/**
 * That options mean something only in some company, so that they would be ignored in another one. Options are
 * named as in the help, and the first argument as `argument`.
 */
export interface OptionRule {
  readonly options: readonly string[];
  /** One of these must be given as well. */
  readonly needs?: readonly string[];
  /** None of these may be given as well. */
  readonly excludes?: readonly string[];
  /** The rule holds only where one of these is given. */
  readonly beside?: readonly string[];
  /** The options cannot be given where the first argument is such a thing. */
  readonly target?: Target;
}

interface Target {
  /** With its article, and with why it has no use for the options. */
  readonly name: string;
  readonly is: (argument: string) => boolean;
}

/** A first argument that is a trace, not a machine. */
export const A_TRACE: Target = { name: 'a trace, which is of one run', is: isRecorded };
export const A_MACHINE: Target = {
  name: 'a machine, which says itself what it is',
  is: (argument) => !isRecorded(argument),
};

/** What determines a run of a machine; a trace says so itself. */
export const RUN_SETTINGS = ['--scenario', '--inputs', '--seed', '--operations', '--faults'];

/** Refuses options of a command line that would be ignored, before the command runs. */
export function withOptionRules(command: Command, rules: readonly OptionRule[]): Command {
  for (const name of rules.flatMap(namesIn)) requireDeclared(command, name);
  return command.hook('preAction', () => {
    const isGiven = (name: string) =>
      name === ARGUMENT
        ? command.args.length > 0
        : command.getOptionValueSource(optionOf(command, name)?.attributeName() ?? '') === 'cli';
    for (const rule of rules) check(rule, isGiven, command.args[0]);
  });
}

const ARGUMENT = 'argument';

function namesIn({ options, needs = [], excludes = [], beside = [] }: OptionRule) {
  return [...options, ...needs, ...excludes, ...beside];
}

function optionOf({ options }: Command, name: string): Option | undefined {
  return options.find(({ long }) => long === name);
}

function requireDeclared(command: Command, name: string): void {
  if (name === ARGUMENT || optionOf(command, name)) return;
  throw new RangeError(`${command.name()} has no option ${name}`);
}

function check(
  { options, needs, excludes = [], beside, target }: OptionRule,
  isGiven: (name: string) => boolean,
  argument: string | undefined,
): void {
  const ignored = options.find(isGiven);
  if (ignored === undefined || (beside && !beside.some(isGiven))) return;
  const other = excludes.find(isGiven);
  if (other !== undefined) throw refused(ignored, other);
  if (needs && !needs.some(isGiven)) {
    throw new ProblemError({
      title: `${worded(ignored)} means something only with ${needs.map(worded).join(' or ')}.`,
      remedy: `Give that as well, or leave ${worded(ignored)} out.`,
    });
  }
  if (target && argument !== undefined && target.is(argument)) throw refused(ignored, target.name);
}

function refused(ignored: string, other: string): ProblemError {
  return new ProblemError({
    title: `${worded(ignored)} cannot be given with ${worded(other)}.`,
    remedy: `Leave one of them out: ${worded(ignored)} would be ignored.`,
  });
}

function worded(name: string): string {
  return name === ARGUMENT ? 'a file or machine' : name;
}
