import { ScenarioError } from '../../engine/scenario-guard.ts';
import type { Executed } from '../../machine/executed.ts';
import type { Operation } from '../../machine/operation.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import type { Problem } from '../../problem.ts';
import { formatCount, parseSeed, valueOf } from '../../text/quantities.ts';
import { quoteValue, sameValue } from '../../value/value.ts';
import type { LoadedMachine } from './machine-loader.ts';
import { tryBeginning } from './trial.ts';

/** How far a seed is run, to see whether it does the same again. */
const STEPS_MAX = 300;
const MS_MAX = 1_000;

/** The beginning of a run. */
interface Beginning {
  readonly steps: readonly Pick<Executed, 'operation' | 'outcome'>[];
  /** Whether the scenario has no more operations, or throws. */
  readonly isOver: boolean;
}

/**
 * Runs the beginning of a scenario's seed, of another seed, and of the first one again, in this process and
 * without faults.
 *
 * @returns the problem when the scenario does something else the second time.
 */
export async function findUnrepeated(
  loaded: LoadedMachine,
  scenario: AnyScenario,
): Promise<Problem | undefined> {
  const seed = valueOf(parseSeed(scenario.defaults.seed));
  const first = await begin(loaded, scenario, seed);
  await begin(loaded, scenario, seed === 0n ? 1n : seed - 1n);
  const second = await begin(loaded, scenario, seed);
  const length = Math.max(first.steps.length, second.steps.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [first.steps[at], second.steps[at]];
    // One that was ended by its time says nothing about what comes after it.
    if ((!one && !first.isOver) || (!other && !second.isOver)) return undefined;
    if (!sameValue(one?.operation, other?.operation)) {
      return unrepeated(scenario, at, one?.operation, other?.operation);
    }
    // What follows may be the doing of the machine, which has rules of its own.
    if (!sameValue(one?.outcome, other?.outcome)) return undefined;
  }
  return undefined;
}

async function begin(
  loaded: LoadedMachine,
  scenario: AnyScenario,
  seed: bigint,
): Promise<Beginning> {
  const steps: Beginning['steps'][number][] = [];
  const observe = ({ operation, outcome }: Executed) => steps.push({ operation, outcome });
  const trial = { scenario, seed, stepsMax: STEPS_MAX, msMax: MS_MAX, observe };
  try {
    return { steps, isOver: await tryBeginning(loaded, trial) };
  } catch (error) {
    if (error instanceof ScenarioError) return { steps, isOver: true };
    throw error;
  }
}

function unrepeated(
  { name, defaults }: AnyScenario,
  at: number,
  first: Operation | undefined,
  second: Operation | undefined,
): Problem {
  const written = (operation: Operation | undefined) =>
    operation ? quoteValue(operation) : 'nothing more';
  return {
    title:
      `The scenario ${name} does not repeat its seeds: in one process, seed ${defaults.seed} begins ` +
      `with other operations the second time. Operation ${formatCount(at)} was ${written(first)}, ` +
      `then ${written(second)}.`,
    remedy: 'Keep its variables inside start: what is outside goes on from one seed to the next.',
  };
}
