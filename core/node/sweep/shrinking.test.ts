import { describe, expect, it, vi } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { causesOfSweep, otherwayOf, type Symptom } from '../../sweep/causes.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { startShrinking } from './shrinking.ts';
import { startSweep } from './sweep.ts';

// Hundreds of runs are made for each.
vi.setConfig({ testTimeout: 600_000 });

/** What each cause of a sample breaks under chaos, and the steps of its minimal run. */
async function causesIn(name: string): Promise<readonly (readonly (string | number)[])[]> {
  const path = pathOfMachine({ kind: 'sample', name });
  const loaded = await loadMachine(path);
  const plan = {
    path,
    settings: {
      scenario: 'mixed-operations',
      faults: 'chaos',
      operationsMax: 300,
      sampling: SWEEP_SAMPLING,
    },
    from: 0n,
    count: 30,
    workers: 2,
    shard: { index: 1, total: 1 },
  };
  const report = await startSweep(loaded, plan).report;
  const { shrunk } = startShrinking(plan, report, undefined, Number.POSITIVE_INFINITY);
  const { groups } = (await shrunk).report;
  await loaded.close();
  return causesOfSweep(groups).map(({ symptoms }) => [
    symptoms[0].minimal?.steps ?? 0,
    ...otherwaysOf(symptoms[0]),
    ...symptoms.map(({ group }) => `${group.name}: ${group.shape}`),
  ]);
}

/** "or 4 without duplicated". */
function otherwaysOf(symptom: Symptom): readonly string[] {
  const otherway = otherwayOf(symptom);
  return otherway ? [`or ${otherway.steps} without ${String(otherway.without)}`] : [];
}

describe('the causes of a sweep', () => {
  it('are those of the original dentist, each with everything that it breaks', async () => {
    expect(await causesIn('dentist-booking')).toEqual([
      [
        2,
        'idempotent completion: completion Success',
        'every booking is paid for: completion Success',
        'ids are deterministic and unique: completion Success',
      ],
      // Two requests for one slot lead there as well.
      [3, 'or 4 without duplicated', 'tracked actions are restorable: completion Success'],
      // Only the question that is asked after a crash is answered with "pending".
      [4, 'results update state: completion Pending'],
      [
        1,
        'atomicity: input RequestAuto, actionRefused',
        'atomicity: input RequestSlot, actionRefused',
      ],
      [
        5,
        'every hold is charged for a booking or released: completion Success, actionRefused',
        'idempotent completion: completion Success, actionRefused',
      ],
      [3, 'atomicity: restore, actionRefused'],
      [
        4,
        'every booking is paid for: completion Failed',
        'idempotent completion: completion Failed',
      ],
      [7, 'every hold is charged for a booking or released: completion Success'],
    ]);
  });

  it('name the defect that was planted', async () => {
    const causes = await causesIn('dentist-booking-unchecked');
    expect(causes[0]).toEqual([4, 'no two bookings overlap: completion Success']);
    expect(causes.flatMap((cause) => cause.slice(1))).not.toContain(
      'tracked actions are restorable: completion Success',
    );
  });

  it('are none in the hardened dentist', async () => {
    expect(await causesIn('dentist-booking-hardened')).toEqual([]);
  });
});
