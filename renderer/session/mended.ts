import { CONFIDENCE_PERCENT, seedsNeeded } from '../../core/sweep/confidence.ts';
import { SEED_MAX } from '../../core/text/quantities.ts';
import { settingsOf } from './lineage.ts';
import { machineOf, type RunEntry } from './model.ts';
import { executeSweep } from './tasks/sweep.ts';

/** That fewer than 1 in so many seeds still fail, with the usual confidence. */
const CLAIM = { oneIn: 1_000, confidencePercent: CONFIDENCE_PERCENT };

/**
 * Asks whether a run is mended for other seeds as well: its own seed is run again, with as many new ones as it
 * takes to say that fewer than 1 in 1 000 seeds fail. A sweep shows how far that has come, and can be stopped.
 */
export function askMended(run: RunEntry): void {
  const machine = machineOf(run.origin);
  const settings = settingsOf(run);
  if (!machine || !settings) return;
  const { seed, ...rest } = settings;
  const count = 1 + seedsNeeded(CLAIM);
  const last = SEED_MAX - BigInt(count - 1);
  const from = BigInt(seed) < last ? seed : String(last);
  void executeSweep(machine, { ...rest, from, count });
}
