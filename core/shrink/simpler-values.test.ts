import { describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import type { Machine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { anything, inputOf, judge, type Judge, shrunk } from '../test-helpers/test-judge.ts';
import { jobsScenario } from '../test-helpers/test-machines.ts';
import { operationsCauses } from '../test-helpers/test-shrinking.ts';
import { shrink } from './shrink.ts';

const kind = 'order';

describe('an input becomes simpler', () => {
  it.each<[string, unknown, (value: never) => boolean, unknown]>([
    ['a number with a remainder', 131_804, (n: number) => n % 17 === 3, 3],
    ['a number with a large remainder', 131_503, (n: number) => n % 1000 === 503, 503],
    ['a number above a bound', 98_765, (n: number) => n >= 1234, 1234],
    ['a negative number', -98_765, (n: number) => n <= -1234, -1234],
    ['a number whose sign does not matter', -98_765, (n: number) => Math.abs(n) >= 50, 50],
    ['a number with a fraction', 5.375, (n: number) => n > 0, 1],
    ['a number that needs its fraction', 5.375, (n: number) => !Number.isInteger(n), 5.4],
    ['no number', Number.NaN, (n: number) => n !== 7, 0],
    ['a bigint', 2n ** 70n + 5n, (n: bigint) => n > 2n ** 64n, 2n ** 64n + 1n],
    ['a text', 'Ada Lovelace', (text: string) => text.length >= 3, '000'],
    ['a text with a sign', 'ada@example.com', (text: string) => text.includes('@'), '@'],
    ['a list', [4, 9, 2, 9, 5], (list: number[]) => list.includes(9), [9]],
    ['a list without need', [4, 9, 2], () => true, []],
    ['a Set', new Set([4, 9, 2]), (set: Set<number>) => set.size >= 2, new Set([0, 1])],
    [
      'a Map',
      new Map([
        ['one two', 7],
        ['three four', 8],
      ]),
      (map: Map<string, number>) => [...map.values()].some((n) => n > 7),
      new Map([['', 8]]),
    ],
    ['a boolean', true, () => true, false],
    [
      'what is nested',
      { a: [{ n: 70 }] },
      (o: { a: { n: number }[] }) => !!o.a[0],
      { a: [{ n: 0 }] },
    ],
  ])('%s', async (_, value, isWrong, simplest) => {
    const machine = judge({ input: ({ value: given }: { value: never }) => isWrong(given) });
    const operations = await shrunk(machine, [inputOf({ kind, value })]);
    expect(operations).toEqual([inputOf({ kind, value: simplest })]);
  });

  it('without a key that other objects lack, too', async () => {
    const machine = judge({ input: ({ value }: { value: number }) => value > 9 });
    const operations = [
      inputOf({ kind, value: 1 }),
      inputOf({ kind, value: 1, note: 'x y' }),
      inputOf({ kind, value: 10, note: 'x y' }),
    ];
    expect(await shrunk(machine, operations)).toEqual([inputOf({ kind, value: 10 })]);
  });

  it('but keeps the discriminant of a union, and does not make up times', async () => {
    const input = { kind, at: '09:30', item: { type: 'book' } };
    const machine = judge({ input: () => true });
    expect(await shrunk(machine, [inputOf(input)], {})).toEqual([inputOf(input)]);
  });

  it('than any that was drawn, where the scenario says that it is possible', async () => {
    const [at, seat, code] = ['13:45', 'C17', 'Monday'];
    const isOpen = (time: string) => time >= '08:00' && Number(time.slice(3)) < 60;
    const isPossible = (input: {
      readonly at: string;
      readonly seat: string;
      readonly code: string;
    }) => isOpen(input.at) && /^[A-D][0-2]\d$/.test(input.seat) && input.code === 'Monday';
    const machine = judge({ input: (given: { at: string }) => given.at < '18:00' });
    const operations = [inputOf({ kind, at, seat, code })];
    expect(await shrunk(machine, operations, { isPossible: isPossible as () => boolean })).toEqual([
      inputOf({ kind, at: '08:00', seat: 'A00', code }),
    ]);
    expect(await shrunk(machine, operations, {})).toEqual(operations);
  });

  it('by a text of the run rather than by a part of it', async () => {
    const machine = judge({ input: ({ name }: { name: string }) => name.length >= 3 });
    const operations = [inputOf({ kind, name: 'Al' }), inputOf({ kind, name: 'Tim' })];
    expect(await shrunk(machine, operations)).toEqual([inputOf({ kind, name: 'Tim' })]);
    const other = [inputOf({ kind, name: 'Tim' }), inputOf({ kind, name: 'Lovelace' })];
    const cause = judge({
      input: ({ name }: { name: string }, taken) => taken.length > 0 && name.length >= 3,
    });
    expect((await shrunk(cause, other)).at(-1)).toEqual(inputOf({ kind, name: 'Tim' }));
  });

  it('only with a text that the machine treats like the previous one', async () => {
    // An unknown day leads to another action, so 'Monday' must not be replaced by a made-up text.
    const days = ['Monday', 'Friday'];
    const machine = judge({
      asks: ({ day }: { day: string }) => ({ id: 1, action: days.indexOf(day) }),
      result: () => true,
    });
    const operations: Operation[] = [
      inputOf({ kind, day: 'Monday' }),
      { kind: 'trackedActionCompleted', id: 1, result: 'done' },
    ];
    expect(await shrunk(machine, operations)).toEqual(operations);
  });
});

describe('what belongs together stays together', () => {
  it('an input that names a thing that an earlier input has made', async () => {
    const machine = judge({
      input: ({ open }: { open?: string }, taken) =>
        open !== undefined && taken.some((one) => (one as { id?: string }).id === open),
    });
    const operations = [
      inputOf({ kind: 'create', id: 'account 4711' }),
      inputOf({ kind: 'use', open: 'account 4711' }),
    ];
    expect(await shrunk(machine, operations)).toEqual([
      inputOf({ kind: 'create', id: '' }),
      inputOf({ kind: 'use', open: '' }),
    ]);
  });

  it('an answer that repeats parts of its action, and its id', async () => {
    const machine = judge({
      asks: ({ amount }: { amount: number }) => ({ id: amount, action: { amount } }),
      result: ({ amount }: { amount: number }) => amount % 17 === 3,
    });
    const result = { kind: 'paid', amount: 131_804 };
    const operations: Operation[] = [
      inputOf({ kind, amount: 131_804 }),
      { kind: 'trackedActionCompleted', id: 131_804, result },
    ];
    expect(await shrunk(machine, operations)).toEqual([
      inputOf({ kind, amount: 3 }),
      { kind: 'trackedActionCompleted', id: 3, result: { kind: 'paid', amount: 3 } },
    ]);
  });
});

describe('without a word of the scenario, nothing is invented', () => {
  const plain = async (machine: Machine<Judge>, ...operations: Operation[]) => {
    const [cause] = await operationsCauses(machine, operations);
    if (!cause) throw new Error('the machine panics');
    const subject = { machine, signature: signatureOf(cause.finding) };
    return (await shrink(subject, cause.operations)).operations;
  };
  const atLeast = (n: number) => judge({ input: ({ amount }: { amount: number }) => amount >= n });

  it('a number is replaced by smaller ones that occurred in its place', async () => {
    const run = [3, 70, 900, 80].map((amount) => inputOf({ kind, amount }));
    expect(await plain(atLeast(60), ...run)).toEqual([inputOf({ kind, amount: 70 })]);
    expect(await plain(atLeast(900), ...run)).toEqual([inputOf({ kind, amount: 900 })]);
  });

  it('texts stay, and lists keep as many items as the shortest has', async () => {
    const machine = judge({ input: ({ seats }: { seats: string[] }) => seats.includes('B2') });
    const run = [inputOf({ kind, seats: ['A1'] }), inputOf({ kind, seats: ['A1', 'B2', 'C3'] })];
    expect(await plain(machine, ...run)).toEqual([inputOf({ kind, seats: ['B2'] })]);
    const pair = inputOf({ kind, seats: ['A1', 'B2'] });
    expect(await plain(machine, pair)).toEqual([pair]);
  });

  it('members of a list that were distinct stay distinct, whatever is possible', async () => {
    const machine = judge({ input: ({ seats }: { seats: string[] }) => seats.length === 2 });
    const run = [inputOf({ kind, seats: ['A1', 'B2'] })];
    expect(await shrunk(machine, run)).toEqual([inputOf({ kind, seats: ['', '0'] })]);
  });

  it('inputs are kept as they were, if that is wanted', async () => {
    const run = [3, 70, 900].map((amount) => inputOf({ kind, amount }));
    const [cause] = await operationsCauses(atLeast(900), run);
    const subject = {
      machine: atLeast(60),
      signature: signatureOf(cause?.finding as never),
      scenario: { ...jobsScenario(), ...anything },
    };
    const keepsInputs = { keepsInputs: true };
    const { operations } = await shrink(subject, cause?.operations ?? [], keepsInputs);
    expect(operations).toEqual([inputOf({ kind, amount: 70 })]);
  });
});
