import { describe, expect, it } from 'vitest';
import { err, ok, type Machine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { inputOf, judge, type Judge, shrunk } from '../test-helpers/test-judge.ts';

const kind = 'order';

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
