import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../keys-of.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import {
  book,
  crash,
  desk,
  doubled,
  extend,
  lost,
  paid,
  traceOf,
} from '../../test-helpers/test-desk.ts';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { fromEntries, sameValue, type Value } from '../../value/value.ts';
import type { Trace } from '../trace.ts';
import { formatRecord, recordsIn, sameRecord, type RecordRef } from './record-kinds.ts';
import { listRecords, stepsOfRecord } from './record-search.ts';
import { recordsOf } from './record-touches.ts';

const declared: typeof desk = {
  ...desk,
  records: {
    hold: {
      at: ['holds', '*'],
      phase: 'status',
      transitions: { waiting: ['done', 'refund'], done: [], refund: [] },
    },
    room: { at: ['rooms', '*'], references: ['room'] },
  },
};

function waysOf(trace: Trace, stepIndex: number): Readonly<Record<string, readonly string[]>> {
  const touches = recordsOf(trace).touchedBy(stepIndex);
  return Object.fromEntries(
    touches.map(({ record, ways }) => [formatRecord(record), [...ways].toSorted()]),
  );
}

function stepsOf(trace: Trace, record: RecordRef, from = 0): readonly number[] {
  return [...stepsOfRecord(trace, { record, from })].flatMap((part) => part?.steps ?? []);
}

describe('the records that a step concerns', () => {
  const operations = [book('A'), book('A'), paid(1), paid(2), ...crash(0), extend('A')];
  const trace = traceOf(operations, 'chaos', declared);

  it('are those of the first emission, however often the machine dies and emits it again', () => {
    const deaths = Array.from({ length: 6_000 }, () => crash(0)).flat();
    const dying = traceOf([book('A'), ...deaths], 'chaos', declared);
    expect(waysOf(dying, dying.length - 1)).toMatchObject({ 'hold/1': ['emitted'] });
  });

  it('are those that it wrote, that its input names, and that its actions are about', () => {
    expect(waysOf(trace, 0)).toEqual({
      'hold/1': ['emitted', 'wrote'],
      'room/A': ['emitted', 'named'],
    });
    expect(waysOf(trace, 2)).toEqual({
      'hold/1': ['completed', 'wrote'],
      'room/A': ['completed', 'wrote'],
    });
    expect(waysOf(trace, 6)).toEqual({ 'room/A': ['named', 'wrote'] });
  });

  it('are those whose actions a crash interrupted', () => {
    expect(waysOf(trace, 4)).toEqual({ 'hold/2': ['interrupted'], 'room/A': ['interrupted'] });
  });

  it('are the same for an action that is emitted again', () => {
    const again = traceOf([book('A'), ...crash(1), lost(1)], 'chaos', declared);
    expect(waysOf(again, 2)).toMatchObject({ 'hold/1': ['emitted'] });
    expect(waysOf(again, 3)).toMatchObject({ 'hold/1': ['lost'] });
  });

  it('are known without a declaration', () => {
    const derived = traceOf(operations, 'chaos');
    expect(waysOf(derived, 2)).toEqual({
      'holds/1': ['completed', 'wrote'],
      'rooms/A': ['completed', 'wrote'],
    });
    expect(recordsOf(derived).at(['holds', { mapKey: 1 }, 'status'], 3)).toEqual({
      kind: 'holds',
      key: '1',
    });
  });

  it('change their phase', () => {
    const records = recordsOf(trace);
    expect(records.phaseChangesBy(0)).toEqual([
      { record: { kind: 'hold', key: '1' }, from: undefined, to: 'waiting' },
    ]);
    expect(records.phaseChangesBy(3)).toEqual([
      { record: { kind: 'hold', key: '2' }, from: 'waiting', to: 'refund' },
    ]);
  });

  it('are carried by the trace of a machine that declares them', () => {
    expect(trace.header.records).toEqual(declared.records);
  });
});

const items = fc
  .uniqueArray(fc.record({ id: fc.nat(5), n: fc.nat(2) }, { noNullPrototype: true }), {
    selector: ({ id }) => id,
    maxLength: 6,
  })
  .map((all): readonly Value[] => all.map(({ id, n }) => ({ id, n })));
const idOf = (item: Value) => (item as { readonly id: number }).id;
const shops = fc.tuple(items, items, items).map(([map, dictionary, list]) => ({
  map: new Map(map.map((item) => [idOf(item), item])),
  dictionary: fromEntries(dictionary.map((item) => [`k${idOf(item)}`, item] as const)),
  list,
}));

describe('the records that a step wrote', () => {
  it('are all that differ, and none that was made or removed otherwise', () => {
    fc.assert(
      fc.property(shops, shops, (before, after) => {
        const trace = traceOfStates(before, [after]);
        const records = recordsOf(trace);
        const written = records.writtenBy(0);
        for (const kind of records.kinds) {
          const inState = (state: Value) =>
            new Map(Array.from(recordsIn(kind, state), ({ key, value }) => [key, value] as const));
          const [was, is] = [inState(before), inState(after)];
          for (const key of new Set([...was.keys(), ...is.keys()])) {
            const write = written.find(({ record }) =>
              sameRecord(record, { kind: kind.name, key }),
            );
            if (!sameValue(was.get(key), is.get(key))) expect(write).toBeDefined();
            if (!write) continue;
            expect([write.before !== undefined, write.after !== undefined]).toEqual([
              was.has(key),
              is.has(key),
            ]);
          }
        }
      }),
    );
  });
});

const operationsOfDesk: fc.Arbitrary<readonly Operation[]> = fc
  .array(
    fc.oneof(
      fc.constantFrom('A', 'B', 'Room 1', 'Room 1b').map((room) => [book(room)]),
      fc.constantFrom('A', 'B').map((room) => [extend(room)]),
      fc.integer({ min: 1, max: 6 }).map((id) => [paid(id)]),
      fc.integer({ min: 1, max: 6 }).map((id) => [doubled(id)]),
      fc.integer({ min: 1, max: 6 }).map((id) => [lost(id)]),
      fc.nat(1).map((dispatched) => crash(dispatched)),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((all) => all.flat());

describe('the steps of a record', () => {
  const profiles = keysOf(FAULT_PROFILES);

  it('are exactly those that concern it, or have a finding that names it', () => {
    fc.assert(
      fc.property(
        operationsOfDesk,
        fc.constantFrom(declared, desk),
        fc.constantFrom(...profiles),
        (operations, machine, faults) => {
          const trace = traceOf(operations, faults, machine);
          const records = [...listRecords(trace, { text: '', from: -1, max: 1_000 })]
            .flatMap((part) => part.records)
            .map(({ record }) => record);
          for (const record of records) {
            const expected = Array.from({ length: trace.length }, (_, at) => at).filter((at) =>
              recordsOf(trace)
                .touchedBy(at)
                .some((touch) => sameRecord(touch.record, record)),
            );
            const found = stepsOf(trace, record);
            expect(found).toEqual(expect.arrayContaining(expected));
            for (const at of found) {
              if (!expected.includes(at)) expect(trace.step(at).findings).not.toEqual([]);
            }
            expect(stepsOf(trace, record, 5)).toEqual(found.filter((at) => at >= 5));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the list of records', () => {
  const trace = traceOf([book('A'), book('B'), paid(1), paid(2)], 'none', declared);
  const list = (options: { text?: string; from?: number; max?: number }) => {
    const search = listRecords(trace, { text: '', from: -1, max: 100, ...options });
    const names: string[] = [];
    for (;;) {
      const part = search.next();
      if (part.done === true) return { names, next: part.value.next };
      names.push(
        ...part.value.records.map(
          ({ record, stepIndex }) => `${formatRecord(record)} ${stepIndex}`,
        ),
      );
    }
  };

  it('is in the order in which they came', () => {
    expect(list({})).toEqual({
      names: ['hold/1 0', 'hold/2 1', 'room/A 2', 'room/B 3'],
      next: null,
    });
  });

  it('is cut where enough were found, and goes on from there', () => {
    expect(list({ max: 2 })).toEqual({ names: ['hold/1 0', 'hold/2 1'], next: 2 });
    expect(list({ from: 2 })).toEqual({ names: ['room/A 2', 'room/B 3'], next: null });
  });

  it('is of those whose names hold a text', () => {
    expect(list({ text: 'ROOM' }).names).toEqual(['room/A 2', 'room/B 3']);
  });
});
