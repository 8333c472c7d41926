import type { Operation } from 'phasmoscope';
import { recordSeed, replay, runSeed, verifyTrace } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';
import { OPENING_CENTS } from './invariants.ts';
import type { Ledger } from './types.ts';

const machine = new URL('index.ts', import.meta.url);

const CRASHED = 'a crash with a charge under way';
const DECLINED = 'a charge that is declined';
const POOR = 'a transfer without the money for it';

/** What a profile must have reached over a few seeds. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  none: [DECLINED, POOR],
  crashes: [DECLINED, CRASHED, POOR],
  delivery: [DECLINED, POOR],
  storage: [DECLINED, POOR],
  chaos: [DECLINED, CRASHED, POOR],
};

describe.each(Object.keys(REACHED))('under %s', (faults) => {
  it('keeps every rule, invariant and settled property', async () => {
    const reached = new Set<string>();
    for (let seed = 0; seed < 3; seed += 1) {
      const run = await runSeed({ machine, seed, operations: 400, faults });
      expect(run.findings).toEqual([]);
      for (const [name, has] of Object.entries(run.sometimes)) if (has) reached.add(name);
    }
    expect([...reached].toSorted()).toEqual(REACHED[faults]);
  });
});

it('gives the same trace for the same seed, and agrees with it when it is executed again', async () => {
  const seed = { machine, seed: 5, operations: 300, faults: 'chaos' };
  const [first, second] = [await recordSeed(seed), await recordSeed(seed)];
  expect(first.lines).toEqual(second.lines);
  expect(await verifyTrace(machine, first.lines)).toBeUndefined();
});

function transfer(sender: number, receiver: number, cents: number): Operation<Ledger> {
  return { kind: 'normal', input: { kind: 'Transfer', sender, receiver, cents } };
}

function result(id: string, kind: Ledger['Result']['kind']) {
  return {
    kind: 'trackedActionCompleted',
    id,
    result: { kind },
  } as const satisfies Operation<Ledger>;
}

const deposit: Operation<Ledger> & { kind: 'normal' } = {
  kind: 'normal',
  input: { kind: 'Deposit', account: 3, cents: 500 },
};
const crash: readonly Operation<Ledger>[] = [{ kind: 'crash', dispatched: 1 }, { kind: 'restore' }];

/** Executes operations, and returns the outcome of the last one. */
async function play(...operations: readonly Operation<Ledger>[]) {
  const steps = await replay<Ledger>({
    machine,
    scenario: 'tellers',
    faults: 'chaos',
    operations: [...operations, { kind: 'settled' }],
  });
  const step = steps.findLast(({ operation }) => operation.kind !== 'settled');
  if (!step) throw new Error('there are steps');
  return {
    ...step,
    answer: step.outcome.kind === 'err' ? step.outcome.error.kind : step.outcome.kind,
    balanceOf: (account: number) => step.after.accounts.get(account)?.balance,
    found: steps.flatMap(({ findings }) => findings.map(({ name }) => name)),
  };
}

describe('the ledger', () => {
  it('moves money from one account to another, and records the transfer', async () => {
    const { answer, after, balanceOf } = await play(transfer(1, 2, 300));
    expect(answer).toBe('ok');
    expect([balanceOf(1), balanceOf(2)]).toEqual([OPENING_CENTS - 300, OPENING_CENTS + 300]);
    const written = { id: 1, sender: 1, receiver: 2, cents: 300 };
    expect([...after.transfers.values()]).toEqual([written]);
  });

  it.each([
    ['InsufficientFunds', transfer(1, 2, OPENING_CENTS + 1)],
    ['NoSuchAccount', transfer(1, 99, 1)],
    ['NoSuchAccount', transfer(99, 1, 1)],
    ['SameAccount', transfer(1, 1, 1)],
    ['NoSuchCharge', result('7/1', 'Charged')],
  ])('answers %s and leaves everything unchanged', async (rejection, operation) => {
    const { answer, before, after } = await play(operation);
    expect(answer).toBe(rejection);
    expect(after).toBe(before);
  });

  it('books a deposit when its card was charged, once', async () => {
    expect((await play(deposit)).balanceOf(3)).toBe(OPENING_CENTS);
    const charged = result('1/1', 'Charged');
    const { found, balanceOf, after } = await play(deposit, charged, charged);
    expect(found).toEqual([]);
    expect(balanceOf(3)).toBe(OPENING_CENTS + 500);
    expect(after.charges.get(1)).toMatchObject({ status: 'booked', awaited: null });
  });

  it('books nothing when the card was declined', async () => {
    const { after, balanceOf } = await play(deposit, result('1/1', 'Declined'));
    expect(balanceOf(3)).toBe(OPENING_CENTS);
    expect(after.charges.get(1)?.status).toBe('declined');
  });

  it('asks for pending charges after a crash, and again under another id while they are pending', async () => {
    const asked = { kind: 'CheckStatus', charge: 1 };
    const restored = await play(deposit, ...crash);
    expect(restored.actions).toEqual([{ kind: 'tracked', id: '1/1', action: asked }]);
    const pending = await play(deposit, ...crash, result('1/1', 'Pending'));
    expect(pending.actions).toEqual([{ kind: 'tracked', id: '1/2', action: asked }]);
  });

  it('books a charge whose result comes under the id of an earlier question', async () => {
    const early = [deposit, ...crash, result('1/1', 'Pending'), result('1/1', 'Charged')];
    const { found, after, balanceOf } = await play(...early, result('1/2', 'Charged'));
    expect(found).toEqual([]);
    expect(balanceOf(3)).toBe(OPENING_CENTS + 500);
    expect(after.charges.get(1)).toMatchObject({ status: 'booked', awaited: null });
  });

  it('keeps nothing of a deposit whose charge was refused', async () => {
    const fault = { kind: 'actionRefused', action: 0 } as const;
    const { answer, after } = await play({ ...deposit, fault });
    expect(answer).toBe('ActionRefused');
    expect(after.charges.size).toBe(0);
  });
});
