import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../machine/operation.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import type { Tickets } from '../test-helpers/tickets.ts';
import { checkSeeds, recordSeed, replay, verifyTrace } from '../testing.ts';

const machine = join(PACKAGE_ROOT, 'core/node/test-helpers/tickets.ts');

const buy: Operation<Tickets> = { kind: 'normal', input: { kind: 'Buy' } };
const clear: Operation<Tickets> = { kind: 'normal', input: { kind: 'ClearPrinted' } };
const printed = (id: string): Operation<Tickets> => ({
  kind: 'trackedActionCompleted',
  id,
  result: { kind: 'Printed' },
});

const play = (...operations: readonly Operation<Tickets>[]) =>
  replay<Tickets>({ machine, faults: 'chaos', operations });

async function pairsAfter(...operations: readonly Operation<Tickets>[]) {
  const steps = await play(...operations);
  expect(steps.flatMap(({ findings }) => findings)).toEqual([]);
  return [...(steps.at(-1)?.after ?? [])];
}

describe('a machine on pairs of key and value', () => {
  it('sets, ranges over and clears pairs, which are seen in the order of their keys', async () => {
    const [first, second] = ['ticket/0001', 'ticket/0002'];
    expect(await pairsAfter(buy, buy, printed(first))).toEqual([
      ['sold', 2],
      [first, 'printed'],
      [second, 'waiting'],
    ]);
    expect(await pairsAfter(buy, buy, printed(first), clear)).toEqual([
      ['sold', 2],
      [second, 'waiting'],
    ]);
  });

  it('leaves the pairs unchanged when it returns an error', async () => {
    const steps = await play(...Array.from({ length: 6 }, () => buy));
    const last = steps.at(-1);
    expect(last?.outcome).toEqual({ kind: 'err', error: { kind: 'SoldOut' } });
    expect(last?.after).toBe(last?.before);
  });

  it('keeps its pairs through a crash, and restores the actions under way', async () => {
    const steps = await play(
      buy,
      buy,
      printed('ticket/0001'),
      { kind: 'crash', dispatched: 0 },
      { kind: 'restore' },
    );
    expect(steps[4]?.actions).toMatchObject([{ kind: 'tracked', id: 'ticket/0002' }]);
    expect(steps[4]?.after).toBe(steps[2]?.after);
  });

  it('keeps every rule under chaos, and is recorded and verified', async () => {
    const choice = { machine, faults: 'chaos', operations: 100 };
    expect(await checkSeeds({ ...choice, seeds: 5 })).toEqual([]);
    const { lines } = await recordSeed({ ...choice, seed: 1 });
    expect(await verifyTrace(machine, lines)).toBeUndefined();
  });
});
