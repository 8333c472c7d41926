import pc from 'picocolors';
import { describeMachine, withMachine } from '../machine-loader.ts';
import { pathOfMachine, readCatalog } from '../samples.ts';
import { EXIT, formatCount, printJson, printLine, printTable, type ExitCode } from './output.ts';

/** `phasmoscope machines`: lists the samples with their scenarios. */
export async function machinesCommand(options: { readonly json?: boolean }): Promise<ExitCode> {
  const machines = await Promise.all(
    readCatalog().samples.map(({ name }) =>
      withMachine(pathOfMachine({ kind: 'sample', name }), async (loaded) =>
        describeMachine(loaded),
      ),
    ),
  );
  if (options.json) {
    printJson({ machines });
    return EXIT.done;
  }
  for (const { name, description, scenarios } of machines) {
    printLine(`${pc.bold(name)}\n${description}`);
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
