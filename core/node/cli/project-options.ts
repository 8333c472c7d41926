import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Command } from 'commander';
import { ProblemError } from '../../problem.ts';
import { isMachineFile } from '../files/file-kind.ts';
import { STANDARD_INPUT } from '../files/plain-bytes.ts';
import { loadProject, type Project } from '../load/project.ts';

/** Options that say the same in several ways: one that is given leaves no room for the others. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['scenario', 'inputs'],
  ['seeds', 'count', 'from', 'oneIn', 'timeBudget'],
];

/**
 * Lets the project's configuration stand in for what a command about a machine is not given: its first
 * argument, and options. A command about another machine, or about a trace, goes without.
 *
 * @param isNeeded whether the command cannot do without a machine.
 */
export function withProject(command: Command, isNeeded = true): Command {
  return command.hook('preAction', async () => {
    const given = command.processedArgs[0] as string | undefined;
    // A file of another kind is of a run that was made, and opening one executes nothing.
    if (given !== undefined && isRecorded(given)) return;
    const project = await loadProject(process.cwd());
    if (given === undefined) {
      const machine = project && machineFor(project);
      if (machine === undefined && isNeeded) throw noMachine(project);
      command.processedArgs[0] = machine;
    }
    if (project && isOf(project, given)) fillIn(command, project);
  });
}

/** Whether an argument names a file of a run that was made, not a machine. */
export function isRecorded(given: string): boolean {
  return given === STANDARD_INPUT || (existsSync(given) && !isMachineFile(given));
}

/**
 * The machine of the project that the current folder belongs to, as an argument of a command names one.
 *
 * @throws {ProblemError} when the configuration is wrong.
 */
export async function projectMachine(): Promise<string | undefined> {
  const project = await loadProject(process.cwd());
  return project && machineFor(project);
}

/** Paths are printed: the short one is easier to read. */
function machineFor({ machine }: Project): string | undefined {
  return machine !== undefined && isAbsolute(machine) ? relative(process.cwd(), machine) : machine;
}

/** Whether the settings of a project are about a machine. */
function isOf({ machine }: Project, given: string | undefined): boolean {
  if (given === undefined || machine === undefined || given === machine) return true;
  return existsSync(given) && existsSync(machine) && realpathSync(given) === realpathSync(machine);
}

function fillIn(command: Command, { settings }: Project): void {
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  for (const [name, value] of Object.entries(settings)) {
    const has = command.options.some((option) => option.attributeName() === name);
    const alternatives = ALTERNATIVES.find((names) => names.includes(name)) ?? [name];
    if (!has || value === undefined || alternatives.some(isGiven)) continue;
    command.setOptionValueWithSource(name, value, 'config');
  }
}

function noMachine(project: Project | undefined): ProblemError {
  return new ProblemError({
    title: 'No machine is given.',
    remedy:
      'Give the path of its source or the name of a sample, or name it ' +
      (project
        ? `as \`machine\` in ${relative(process.cwd(), project.file)}.`
        : 'in phasmoscope.config.ts: export default defineConfig({ machine: "machine.ts" }).'),
  });
}
