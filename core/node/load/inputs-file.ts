import { basename } from 'node:path';
import { InputsError, inputsScenario, parseInputs } from '../../machine/inputs-scenario.ts';
import type { StfInput } from '../../machine/machine.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { ProblemError } from '../../problem.ts';
import { readJsonFile } from '../files/json-file.ts';
import type { LoadedMachine } from './machine-loader.ts';

const WHAT = 'an array of inputs';

/**
 * Reads a JSON array of inputs as a scenario, which is named after its file.
 *
 * @throws {ProblemError} when it is not one; the problem names line and column, or the element.
 */
export async function readInputs(path: string): Promise<AnyScenario> {
  const json = await readJsonFile(path, WHAT);
  return explained(path, () => inputsScenario(basename(path), json));
}

/**
 * Reads a JSON array of inputs as a list of operations.
 *
 * @throws {ProblemError} as {@link readInputs} does.
 */
export async function readOperations(path: string): Promise<readonly StfInput[]> {
  const json = await readJsonFile(path, WHAT);
  return explained(path, () => parseInputs(json));
}

function explained<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InputsError)) throw error;
    throw new ProblemError(
      {
        title: `${path} does not hold inputs: ${error.message}.`,
        remedy: 'Give a JSON array; each element is an input, or the completion of an action.',
      },
      { cause: error },
    );
  }
}

/**
 * A machine with a file of inputs as its first scenario.
 *
 * @param path of the file; without one, the machine is returned unchanged.
 * @throws {ProblemError} when the file holds no inputs.
 */
export async function withInputs(
  loaded: LoadedMachine,
  path: string | undefined,
): Promise<LoadedMachine> {
  return path === undefined ? loaded : withScenario(loaded, await readInputs(path));
}

function withScenario(loaded: LoadedMachine, scenario: AnyScenario): LoadedMachine {
  return {
    ...loaded,
    scenarios: [scenario, ...loaded.scenarios],
    afresh: async () => withScenario(await loaded.afresh(), scenario),
  };
}
