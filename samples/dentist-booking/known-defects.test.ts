import { checkSeeds, shrinkSeed, type Operation, type SweepGroup } from 'phasmoscope/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const CHOICE = {
  machine: new URL('index.ts', import.meta.url),
  scenario: 'mixed-operations',
  faults: 'chaos',
  operations: 1_000,
};
const SEEDS = 8;

let groups: readonly SweepGroup[] = [];

beforeAll(async () => {
  groups = await checkSeeds({ ...CHOICE, seeds: SEEDS });
});

/** An operation in short: `input request`, `completion Success`, `input request, actionRefused`. */
function shapeOf(operation: Operation): string {
  const fault = 'fault' in operation && operation.fault ? `, ${operation.fault.kind}` : '';
  if (operation.kind === 'normal') return `input request${fault}`;
  if (operation.kind !== 'trackedActionCompleted') return operation.kind;
  return `completion ${(operation.result as { readonly kind: string }).kind}${fault}`;
}

/** The known defects of the original: how each is reported, and its shortest run. */
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
    // If a success comes twice, the slot may be taken by the booking of the same request.
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
    const shrunk = await shrinkSeed(
      { ...CHOICE, seed: BigInt(group?.seed ?? '') },
      (finding) => finding.name === name && finding.shape === shape,
    );
    expect(shrunk.operations.map(shapeOf)).toEqual(shortest);
  });
});
