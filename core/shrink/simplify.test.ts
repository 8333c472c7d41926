import { describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import { defineMachine, err, ok, type Machine, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { jobsScenario } from '../test-helpers/test-machines.ts';
import { operationsCauses } from '../test-helpers/test-shrinking.ts';
import type { Value } from '../value/value.ts';
import { shrink } from './shrink.ts';
import type { Possible } from './simplify.ts';

/** A machine that accepts any input, may emit actions for it, and may panic at it. */
interface Judge extends MachineTypes {
  State: { taken: unknown[]; answers: unknown[] };
  Input: Value;
  Id: number | string;
  Tracked: Value;
  Untracked: never;
  Result: Value;
  Rejection: 'unknown';
}

interface Judgement {
  /** Whether the machine panics at an input. */
  readonly input?: (input: never, taken: readonly unknown[]) => boolean;
  /** Whether it panics at a result. */
  readonly result?: (result: never, taken: readonly unknown[]) => boolean;
  /** The actions that it emits for an input; none by default. */
  readonly asks?: (input: never) => { readonly id: number | string; readonly action: Value };
}

function judge({ input, result, asks }: Judgement): Machine<Judge> {
  const fails = (isWrong: Judgement['input'], value: unknown, taken: readonly unknown[]) => {
    if (isWrong?.(value as never, taken)) throw new RangeError('wrong');
  };
  return defineMachine<Judge>({
    name: 'judge',
    description: 'Judges what comes.',
    initialState: () => ({ taken: [], answers: [] }),
    stf(state, given, actions) {
      const { taken } = state.current;
      if (given.kind === 'trackedActionCompleted') {
        if (taken.length === 0) return err('unknown');
        fails(result, given.result, taken);
        state.update(({ answers }) => void answers.push(given.result));
        return ok();
      }
      fails(input, given.input, taken);
      state.update((draft) => void draft.taken.push(given.input));
      const asked = asks?.(given.input as never);
      if (asked) actions.tracked(asked.id, asked.action);
      return ok();
    },
    restore: () => ok(),
    invariants: {},
  });
}

/** Every value can come. */
const anything: Possible = { isPossible: () => true, isPossibleResult: () => true };

const inputOf = (input: unknown): Operation => ({ kind: 'normal', input });

/** The shortest run of operations at which the machine panics. */
async function shrunk(
  machine: Machine<Judge>,
  operations: readonly Operation[],
  possible: Possible = anything,
) {
  const cause = (await operationsCauses(machine, operations)).find(
    ({ finding }) => finding.name === 'RangeError',
  );
  if (!cause) throw new Error('the machine panics');
  const subject = {
    machine,
    signature: signatureOf(cause.finding),
    scenario: { ...jobsScenario(), ...possible },
  };
  const once = await shrink(subject, cause.operations);
  const twice = await shrink(subject, once.operations);
  expect(twice.operations).toEqual(once.operations);
  return once.operations;
}

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

describe('a result becomes simpler', () => {
  const asks = ({ id }: { id: number }) => ({ id, action: 'weigh' });

  it('where the cause allows it', async () => {
    const machine = judge({ asks, result: ({ grams }: { grams: number }) => grams > 500 });
    const operations: Operation[] = [
      inputOf({ kind, id: 7 }),
      {
        kind: 'trackedActionCompleted',
        id: 7,
        result: { kind: 'weighed', grams: 48_213, scales: ['a b'] },
      },
    ];
    expect(await shrunk(machine, operations)).toEqual([
      inputOf({ kind, id: 0 }),
      {
        kind: 'trackedActionCompleted',
        id: 0,
        result: { kind: 'weighed', grams: 501, scales: [] },
      },
    ]);
  });

  it('together with its duplicate', async () => {
    const machine = judge({ asks });
    const doubled: Machine<Judge> = {
      ...machine,
      stf(state, given, actions) {
        const isDouble =
          given.kind === 'trackedActionCompleted' && state.current.answers.length > 0;
        if (isDouble) throw new RangeError('wrong');
        return machine.stf(state, given, actions);
      },
    };
    const result = { kind: 'weighed', grams: 70_000 };
    const operations = await shrunk(doubled, [
      inputOf({ kind, id: 7 }),
      { kind: 'trackedActionCompleted', id: 7, result },
      { kind: 'trackedActionCompleted', id: 7, result, isDuplicate: true },
    ]);
    const simple = { kind: 'weighed', grams: 0 };
    expect(operations).toEqual([
      inputOf({ kind, id: 0 }),
      { kind: 'trackedActionCompleted', id: 0, result: simple },
      { kind: 'trackedActionCompleted', id: 0, result: simple, isDuplicate: true },
    ]);
  });

  it('unless it becomes a different cause', async () => {
    // Two answers are one too many; but scales would never give an answer below 10 g.
    const machine: Machine<Judge> = {
      ...judge({ asks }),
      invariants: {},
      stf(state, given, actions) {
        if (given.kind === 'trackedActionCompleted') {
          const { grams } = given.result as { grams: number };
          if (grams < 10 || state.current.answers.length > 0) throw new RangeError('wrong');
        }
        return judge({ asks }).stf(state, given, actions);
      },
    };
    const result = { kind: 'weighed', grams: 70_000 };
    const operations = await shrunk(machine, [
      inputOf({ kind, id: 7 }),
      { kind: 'trackedActionCompleted', id: 7, result },
      { kind: 'trackedActionCompleted', id: 7, result, isDuplicate: true },
    ]);
    expect(operations).toHaveLength(3);
    expect(operations.at(-1)).toMatchObject({ result: { grams: 10 } });
  });
});

describe('faults and the order of steps become simpler', () => {
  it('the action that is refused, and the access that fails', async () => {
    const refused = (action: number): Operation => ({
      kind: 'normal',
      input: { kind },
      fault: { kind: 'actionRefused', action },
    });
    const machine: Machine<Judge> = {
      ...judge({}),
      stf(_, __, actions) {
        try {
          for (let id = 0; id < 5; id += 1) actions.tracked(id, 'ask');
        } catch {
          throw new RangeError('wrong');
        }
        return ok();
      },
    };
    expect(await shrunk(machine, [refused(4)])).toEqual([refused(0)]);
  });

  it('the number of actions that were sent when the process died', async () => {
    const machine: Machine<Judge> = {
      ...judge({}),
      stf(state, _, actions) {
        state.update(({ taken }) => void taken.push(1));
        for (let id = 0; id < 5; id += 1) actions.tracked(id, 'ask');
        return ok();
      },
      restore(state) {
        if (state.taken.length > 0) throw new RangeError('wrong');
        return ok();
      },
    };
    const operations: Operation[] = [
      inputOf({ kind }),
      { kind: 'crash', dispatched: 4 },
      { kind: 'restore' },
    ];
    expect(await shrunk(machine, operations)).toEqual([
      inputOf({ kind }),
      { kind: 'crash', dispatched: 0 },
      { kind: 'restore' },
    ]);
  });

  it('an answer comes right after its action', async () => {
    const machine = judge({ asks: ({ id }: { id: number }) => ({ id, action: 'ask' }) });
    const counting: Machine<Judge> = {
      ...machine,
      stf(state, given, actions) {
        const isEnd = given.kind === 'normal' && (given.input as { kind: string }).kind === 'end';
        if (!isEnd) return machine.stf(state, given, actions);
        const { taken, answers } = state.current;
        if (taken.length === 2 && answers.length === 2) throw new RangeError('wrong');
        return err('unknown');
      },
    };
    const done = (id: number): Operation => ({
      kind: 'trackedActionCompleted',
      id,
      result: 'done',
    });
    const operations = [
      inputOf({ kind, id: 1 }),
      inputOf({ kind, id: 2 }),
      done(2),
      done(1),
      inputOf({ kind: 'end' }),
    ];
    const kinds = (await shrunk(counting, operations)).map((one) => one.kind);
    expect(kinds).toEqual([
      'normal',
      'trackedActionCompleted',
      'normal',
      'trackedActionCompleted',
      'normal',
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
