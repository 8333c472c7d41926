import type { Run } from '../engine/run.ts';
import type { Executed } from '../machine/executed.ts';

/** Steps between two signs of life, at most: fewer where a machine takes longer than that. */
const SLICE_STEPS_MAX = 100;
const SLICE_MS_MAX = 50;

/** Called now and then while something runs; answers whether to go on. */
export type Pulse = (steps: number) => boolean;

/**
 * Advances a run to its end, with signs of life in between.
 *
 * @param observe is called with each step.
 * @returns `false` when the pulse stopped it; the run is closed then.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function advancePaced(
  run: Run,
  pulse: Pulse,
  observe: (step: Executed) => void,
): Promise<boolean> {
  let slice = 1;
  for (let hasMore = true, told = 0; hasMore; told = run.steps) {
    const startMs = performance.now();
    const advanced = run.advance(slice, observe);
    hasMore = typeof advanced === 'boolean' ? advanced : await advanced;
    if (!pulse(run.steps - told) && hasMore) {
      run.close();
      return false;
    }
    const isQuick = performance.now() - startMs < SLICE_MS_MAX;
    slice = isQuick ? Math.min(SLICE_STEPS_MAX, slice * 2) : 1;
  }
  return true;
}
