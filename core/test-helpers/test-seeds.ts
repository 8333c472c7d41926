import type { Sampling } from '../engine/check-plan.ts';
import type { RunPlan } from '../engine/run.ts';
import { Guard } from '../isolation/guard.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { addParts, checkSeed, NOTHING_SWEPT, type SweepPart } from '../sweep/seed-check.ts';
import { adder, adderScenario } from './test-machines.ts';

/** A machine with every kind of defect, under chaos. */
export function subjectWith(sampling: Sampling): RunPlan {
  const faults = FAULT_PROFILES.chaos;
  const settings = { scenario: adderScenario, operationsMax: 40, faults };
  return { machine: adder(), guard: new Guard(), settings, sampling };
}

/** Checks seeds one after the other, as a single worker does. */
export async function checkSeeds(subject: RunPlan, seeds: readonly bigint[]): Promise<SweepPart> {
  const smallest = new Map<string, bigint>();
  let part = NOTHING_SWEPT;
  for (const seed of seeds) {
    const isNews = (signature: string) => (smallest.get(signature) ?? seed + 1n) > seed;
    const checked = await checkSeed(subject, seed, isNews, () => true);
    for (const { signature } of checked.groups)
      if (isNews(signature)) smallest.set(signature, seed);
    part = addParts(part, checked);
  }
  return part;
}
