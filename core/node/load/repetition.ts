import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { startRun, type Run } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import type { Problem } from '../../problem.ts';
import { formatCount, parseSeed, valueOf } from '../../text/quantities.ts';
import { quoteValue, sameValue } from '../../value/value.ts';
import type { LoadedMachine } from './machine-loader.ts';

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
  { machine, guard, watch, locate }: LoadedMachine,
  scenario: AnyScenario,
  seed: bigint,
): Promise<Beginning> {
  const startMs = performance.now();
  const operationsMax = Math.min(scenario.defaults.operations, STEPS_MAX);
  const settings = { scenario, seed, operationsMax, faults: FAULT_PROFILES.none, locate };
  const steps: Beginning['steps'][number][] = [];
  let run: Run | undefined;
  try {
    run = startRun(machine, settings, { guard, watch, sampling: SWEEP_SAMPLING });
    let hasMore = true;
    while (hasMore && steps.length < STEPS_MAX && performance.now() - startMs < MS_MAX) {
      hasMore = await run.advance(1, ({ operation, outcome }) => {
        steps.push({ operation, outcome });
      });
    }
    return { steps, isOver: !hasMore };
  } catch (error) {
    if (error instanceof ScenarioError) return { steps, isOver: true };
    throw error;
  } finally {
    run?.close();
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
