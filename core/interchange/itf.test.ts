import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import { book, crash, paid, traceOf } from '../test-helpers/test-desk.ts';
import { exported, traceOfItf } from '../test-helpers/test-itf.ts';
import { formatHeader, type TraceEnd } from '../trace/format/format.ts';
import { closingLine } from '../trace/format/seal.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { decodeExpression } from './itf-values.ts';
import { fromItf, ItfError, toItf } from './itf.ts';

const deskTrace = traceOf([book('A'), book('B'), paid(1), ...crash(0)]);

/** A variable that a state does not have. */
const ABSENT = { '#unserializable': 'absent' };

describe('ITF', () => {
  it('brings back every state of an exported trace', () => {
    const again = traceOfItf(fromItf(JSON.parse(JSON.stringify(toItf(deskTrace))), 'desk'));
    expect(again.length).toBe(deskTrace.length);
    for (let at = -1; at < deskTrace.length; at += 1) {
      expect(again.stateAt(at)).toEqual(deskTrace.stateAt(at));
    }
  });

  it('keeps keys that only later states have', () => {
    const lines = traceOfItf(
      fromItf(
        {
          vars: ['n', 'later'],
          states: [
            { n: 1, later: ABSENT },
            { n: 1, later: 5 },
          ],
        },
        'm',
      ),
    );
    expect(lines.stateAt(-1)).toEqual({ n: 1 });
    expect(lines.stateAt(0)).toEqual({ n: 1, later: 5 });
    expect(toItf(lines)).toMatchObject({
      vars: ['n', 'later'],
      states: [
        { n: 1, later: ABSENT },
        { n: 1, later: 5 },
      ],
    });
  });

  it('reads what Quint writes, and names the actions', () => {
    const quint = {
      '#meta': { format: 'ITF', description: 'bank.qnt' },
      vars: ['balances', 'log', 'mbt::actionTaken'],
      states: [
        {
          '#meta': { index: 0 },
          balances: { '#map': [['alice', { '#bigint': '0' }]] },
          log: { '#set': [] },
          'mbt::actionTaken': 'init',
        },
        {
          '#meta': { index: 1 },
          balances: { '#map': [['alice', { '#bigint': '10' }]] },
          log: { '#set': [{ '#tup': ['alice', { '#bigint': '10' }] }] },
          'mbt::actionTaken': 'deposit',
        },
      ],
    };
    const read1 = traceOfItf(fromItf(quint, 'bank'));
    expect(read1.step(0).operation).toEqual({ kind: 'normal', input: { kind: 'deposit' } });
    expect(read1.stateAt(0)).toEqual({
      balances: new Map([['alice', 10n]]),
      log: new Set([['alice', 10n]]),
    });
  });

  it.each([
    [{}, 'vars: is missing'],
    [{ vars: {}, states: [] }, 'vars: must be a list'],
    [{ vars: [1], states: [{}] }, 'vars.0: must be a string'],
    [{ vars: [], states: [] }, 'states: must have at least 1 item'],
    [{ vars: [], states: [1] }, 'states.0: must be an object'],
    [{ vars: [], states: [{}], loop: 0.5 }, 'loop: must be a whole number'],
    [{ vars: [], states: [{}], loop: -1 }, 'loop: must be at least 0'],
    ['text', 'the document: must be an object'],
    [{ vars: ['x'], states: [{}] }, 'state 0 has no variable "x"'],
    [
      {
        params: ['N'],
        vars: ['x'],
        states: [
          { N: 3, x: 0 },
          { N: 3, x: 1 },
          { N: 4, x: 2 },
        ],
      },
      'state 2 gives the parameter "N" another value than state 0',
    ],
    [{ vars: ['x'], states: [{ x: { '#cube': 1 } }] }, 'state 0, x: unknown tag "#cube"'],
    [
      { vars: ['x'], states: [{ x: [{ '#bigint': 1 }] }] },
      'state 0, x[0]: "#bigint" has invalid content',
    ],
  ])('refuses %j with the place', (json, message) => {
    expect(() => fromItf(json, 'bad')).toThrow(ItfError);
    expect(() => fromItf(json, 'bad')).toThrow(message);
  });

  it('refuses states that are not in the order that they say', () => {
    const states = (...indices: readonly number[]) => ({
      vars: ['n'],
      states: indices.map((index) => ({ '#meta': { index }, n: index })),
    });
    expect(() => fromItf(states(0, 2, 1), 'swapped')).toThrow(
      'state 2 says "#meta": {"index": 1} after one with 2; put the states in their order',
    );
    // The part of a run begins later.
    expect(fromItf(states(4, 5, 6), 'part').lines).toHaveLength(4);
  });

  it('refuses any other JSON with an ItfError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => fromItf(json, 'any')).toThrow(ItfError);
      }),
    );
  });
});

describe('an exported trace', () => {
  interface Odd extends MachineTypes {
    State: {
      readonly byId: Readonly<Record<string, unknown>>;
      readonly keys: Map<unknown, string>;
    };
    Input: { readonly kind: 'Order'; readonly n: number };
    Id: number;
    Tracked: never;
    Untracked: never;
    Result: never;
    Rejection: never;
  }
  const odd = defineMachine<Odd>({
    name: 'odd',
    description: 'Values that the format does not have.',
    initialState: () => ({ byId: {}, keys: new Map() }),
    stf(state, input) {
      if (input.kind !== 'normal') return ok();
      const { n } = input.input;
      state.update((draft) => {
        Object.assign(draft.byId, { [`#${n}`]: n / 2, none: null, not: undefined, '#tup': [n] });
        for (const key of [n, String(n), BigInt(n)]) draft.keys.set(key, typeof key);
      });
      return ok();
    },
    restore: () => ok(),
    invariants: {},
  });
  const order = (n: number) => ({ kind: 'normal', input: { kind: 'Order', n } }) as const;
  const trace = traceOf([order(1), order(2), order(3)], 'none', odd as never);
  const document = exported(trace) as {
    readonly '#meta': object;
    readonly vars: readonly string[];
    readonly states: Record<string, unknown>[];
  };

  it('comes back whole, step by step', () => {
    expect(fromItf(document, 'any').lines.slice(1, -1)).toEqual(trace.lines(0, trace.length));
    expect(traceOfItf(fromItf(document, 'any')).header).toEqual(trace.header);
  });

  it('says that its last state violates something if it does', () => {
    const invariants = { 'few keys': ({ keys }: Odd['State']) => keys.size < 4 };
    const run = (...inputs: readonly number[]) =>
      exported(traceOf(inputs.map(order), 'none', { ...odd, invariants } as never)) as {
        readonly '#meta': { readonly status?: string };
      };
    expect(run(1)['#meta'].status).toBe(undefined);
    const failing = run(1, 2);
    expect(failing['#meta'].status).toBe('violation');
    expect(run(1, 2, 2)['#meta'].status).toBe('violation');
    expect(fromItf(failing, 'any').changed).toBe(undefined);
    // As it was exported before.
    const { status: _, ...unsaid } = failing['#meta'];
    expect(fromItf({ ...failing, '#meta': unsaid }, 'any').changed).toBe(undefined);
  });

  it('comes back whole when its lines were written in other words than ours', () => {
    const lines = trace.lines(0, trace.length).map((line) => {
      const { step, ...others } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify({ other: { unknown: 1 }, ...others, step }, null, 1).replaceAll(
        '\n',
        '',
      );
    });
    const head = formatHeader(trace.header);
    const builder = new TraceBuilder();
    builder.push(
      [head, ...lines, closingLine([head, ...lines], trace.end as TraceEnd)]
        .map((one) => `${one}\n`)
        .join(''),
    );
    builder.finish();
    const written = fromItf(exported(builder.trace as Trace), 'any');
    expect(written.changed).toBe(undefined);
    expect(traceOfItf(written).stateAt(2)).toEqual(trace.stateAt(2));
  });

  it('has nothing but expressions of the format for other tools', () => {
    const refused = (json: unknown): boolean =>
      typeof json === 'number' ||
      json === null ||
      (Array.isArray(json) && json.some(refused)) ||
      (typeof json === 'object' && Object.values(json).some(refused));
    for (const { '#meta': _, ...variables } of document.states) {
      expect(refused(variables)).toBe(false);
      for (const json of Object.values(variables)) {
        decodeExpression(json, 'here', { hasBigints: true });
      }
      expect(Object.keys(variables)).toEqual(expect.arrayContaining([...document.vars]));
    }
    expect(document.states[1]?.['byId']).toEqual({
      '#map': [
        ['#1', { '#unserializable': '0.5' }],
        ['none', { '#unserializable': 'null' }],
        ['not', { '#unserializable': 'undefined' }],
        ['#tup', [{ '#bigint': '1' }]],
      ],
    });
  });

  it('is read by its states when they were changed', () => {
    const states = document.states.map((state, at) => (at < 3 ? state : { ...state, byId: 'new' }));
    const given = fromItf({ ...document, states }, 'changed');
    expect(given.changed).toBe('state 3 is not the one after its step');
    const changed = traceOfItf(given);
    expect(changed.header).toMatchObject({
      machine: 'changed',
      scenario: 'ITF, changed after its export',
    });
    expect(changed.stateAt(2)).toMatchObject({ byId: 'new' });
    expect(JSON.stringify(exported(changed))).not.toContain('phasmoscope-trace');
  });

  it('says why its run cannot be restored, and nothing of a document that never was one', () => {
    const lines = (at: number, change: object) =>
      document.states.map((state, index) =>
        index === at ? { ...state, '#meta': { index, phasmoscope: change } } : state,
      );
    const why = (changes: object) => fromItf({ ...document, ...changes }, 'changed').changed;
    expect(why({})).toBe(undefined);
    expect(why({ states: document.states.slice(0, 2) })).toMatch(/^the closing line says/);
    expect(why({ states: lines(1, { step: 0 }) })).toMatch(/^the step to state 1: /);
    expect(why({ states: document.states.map(({ '#meta': _, ...state }) => state) })).toBe(
      'state 1 has no recorded step',
    );
    expect(fromItf({ vars: ['x'], states: [{ x: 1 }, { x: 2 }] }, 'other').changed).toBe(undefined);
  });

  it.each([
    ['loop', { loop: 1 }, 'loop'],
    ['params', { params: ['N'] }, 'params'],
    ['vars', { vars: document.vars.slice(1) }, 'vars'],
    ['status', { '#meta': { ...document['#meta'], status: 'violation' } }, '#meta.status'],
    ['description', { '#meta': { ...document['#meta'], description: 'x' } }, '#meta.description'],
    ['other keys', { comment: 'mine' }, 'comment'],
  ])('is read by its states when its %s was changed', (_, change, place) => {
    const given = fromItf({ ...document, ...change }, 'changed');
    expect(given.changed).toBe(`${place} is not as it was written`);
    expect(traceOfItf(given).length).toBe(3);
    expect(exported(traceOfItf(given))).toMatchObject(
      'loop' in change || 'params' in change ? change : {},
    );
  });
});
