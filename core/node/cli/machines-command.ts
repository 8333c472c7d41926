import type { MachineInfo } from '../../contract/window.ts';
import { toProblem, type Problem } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { describeMachine, withMachine } from '../load/machine-loader.ts';
import { pathOfMachine, readCatalog } from '../load/samples.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { type CommandModule, JSON_FLAG } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';

/** `phasmoscope machines`: lists the samples with their scenarios. */
export const MACHINES: CommandModule = {
  examples: [['List the samples', 'machines']],
  declare: (command) => command.option(...JSON_FLAG),
  run: machinesCommand,
};

async function machinesCommand(options: { readonly json?: boolean }): Promise<ExitCode> {
  const machines = await Promise.all(readCatalog().samples.map(describeSample));
  if (options.json) {
    printJson({ machines });
    return EXIT.done;
  }
  for (const { name, description, scenarios, problem } of machines) {
    printLine(style.bold(name ?? ''));
    printLine(description ?? '');
    if (problem) printLine(style.yellow(`Cannot be run here: ${problem.title}`));
    printTable(
      scenarios.map((scenario) => [
        scenario.name,
        `${scenario.description} (seed ${scenario.seed}, ${formatCount(scenario.operations)} operations)`,
      ]),
    );
    printLine();
  }
  return EXIT.done;
}

/** A sample that cannot be loaded here is listed with the reason. */
async function describeSample({
  name,
  description,
}: {
  readonly name: string;
  readonly description: string;
}): Promise<Partial<MachineInfo> & { scenarios: MachineInfo['scenarios']; problem?: Problem }> {
  try {
    const path = pathOfMachine({ kind: 'sample', name });
    return await withMachine(path, async (loaded) => describeMachine(loaded));
  } catch (error) {
    return { name, description, scenarios: [], problem: toProblem(error, 'It cannot be loaded') };
  }
}
