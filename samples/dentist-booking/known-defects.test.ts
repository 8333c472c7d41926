import { beforeAll, describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../core/engine/check-plan.ts';
import { shapeOf, signatureOf } from '../../core/engine/signature.ts';
import {
  findFaultProfile,
  findScenario,
  loadMachine,
  type LoadedMachine,
} from '../../core/node/load/machine-loader.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { planRun } from '../../core/node/runs/planning.ts';
import { recordFailing, shrinkRecord } from '../../core/node/runs/shrinking.ts';
import type { SweepGroup } from '../../core/sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../../core/sweep/seed-check.ts';

const SEEDS = 8n;
const OPERATIONS = 1_000;

let loaded: LoadedMachine;
let groups: readonly SweepGroup[] = [];

beforeAll(async () => {
  loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));
  const { machine, guard, locate } = loaded;
  const scenario = findScenario(loaded, undefined);
  const faults = findFaultProfile(loaded, 'chaos');
  const settings = { scenario, operationsMax: OPERATIONS, faults, locate };
  const subject = { machine, guard, settings, sampling: SWEEP_SAMPLING };
  let part = NOTHING_SWEPT;
  for (let seed = 0n; seed < SEEDS; seed += 1n) {
    const known = part.groups.map(({ signature }) => signature);
    const isNews = (signature: string) => !known.includes(signature);
    part = addParts(part, await checkSeed(subject, seed, isNews, () => true));
  }
  groups = part.groups;
}, 60_000);

/** The defects that are known of the original: how each is told, and its shortest run. */
describe.each([
  {
    defect: 'a repeated success gives a free appointment',
    kind: 'rule',
    name: 'idempotent completion',
    shape: 'completion Success',
    shortest: ['input request', 'completion Success'],
  },
  {
    defect: 'a crash loses the release of a hold',
    kind: 'rule',
    name: 'tracked actions are restorable',
    shape: 'completion Success',
    // The slot may be taken by the very booking of a request whose success comes twice.
    shortest: ['input request', 'completion Success', 'completion Success'],
  },
  {
    defect: 'a late failure leaves a booking that nobody pays for',
    kind: 'settled',
    name: 'every booking is paid for',
    shape: 'completion Failed',
    shortest: ['input request', 'completion Success', 'completion Failed', 'settled'],
  },
  {
    defect: 'a request is stored although its hold was refused',
    kind: 'rule',
    name: 'atomicity',
    shape: 'input RequestSlot, actionRefused',
    shortest: ['input request, actionRefused'],
  },
])('$defect', ({ kind, name, shape, shortest }) => {
  it('is a group of its own, and shrinks to its shortest run', async () => {
    const found = groups.filter(
      (group) => group.kind === kind && group.name === name && group.shape === shape,
    );
    expect(found).toHaveLength(1);
    const [group] = found;
    const choice = { scenario: 'mixed-operations', operationsMax: OPERATIONS, faults: 'chaos' };
    const failing = await recordFailing(
      await planRun(loaded, choice),
      BigInt(group?.seed ?? ''),
      (finding) => signatureOf(finding) === group?.signature,
    );
    if (!failing) throw new Error('the example of a group fails when it is recorded');
    expect(failing.finding.stepIndex).toBe(group?.stepIndex);
    const { shrunk } = await shrinkRecord(loaded, failing);
    expect(shrunk.operations.map((step) => shapeOf(step).replace(/Request\w+/, 'request'))).toEqual(
      shortest,
    );
  }, 30_000);
});
