import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import { book, crash, paid, traceOf } from '../test-helpers/test-desk.ts';
import { counterexampleOf } from '../trace/format/counterexample.ts';
import { formatHeader, type TraceEnd } from '../trace/format/format.ts';
import { closingLine } from '../trace/format/seal.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { Tuple } from '../value/tuple.ts';
import { contentOf, decodeExpression } from './itf-values.ts';
import { fromItf, type ReadItf, ItfError, itfText, toItf } from './itf.ts';

function read(given: readonly string[] | ReadItf): Trace {
  const lines = 'lines' in given ? given.lines : given;
  const builder = new TraceBuilder();
  builder.push(lines.map((line) => `${line}\n`).join(''));
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}

const deskTrace = traceOf([book('A'), book('B'), paid(1), ...crash(0)]);

/** A variable that a state does not have. */
const ABSENT = { '#unserializable': 'absent' };

describe('ITF', () => {
  it('brings back every state of an exported trace', () => {
    const again = read(fromItf(JSON.parse(JSON.stringify(toItf(deskTrace))), 'desk'));
    expect(again.length).toBe(deskTrace.length);
    for (let at = -1; at < deskTrace.length; at += 1) {
      expect(again.stateAt(at)).toEqual(deskTrace.stateAt(at));
    }
  });

  it('keeps keys that only later states have', () => {
    const lines = read(
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
    const read1 = read(fromItf(quint, 'bank'));
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

/** A document as another tool reads it: sets and maps without order, integers in one form. */
function said(document: unknown): unknown {
  const { states, ...head } = document as { states: Record<string, unknown>[] };
  const content = (json: unknown) =>
    contentOf(decodeExpression(json, 'the document', { hasBigints: true }));
  return {
    head,
    states: states.map(({ '#meta': meta, ...variables }) => ({
      meta,
      variables: Object.fromEntries(
        Object.entries(variables).map(([name, json]) => [name, content(json)]),
      ),
    })),
  };
}

const exported = (trace: Trace): unknown => JSON.parse([...itfText(trace)].join(''));

const integers = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -3n, max: 2n ** 70n }).map((n) => ({ '#bigint': String(n) })),
);
const names = fc.oneof(
  fc.constantFrom('a', 'b', '1', '__proto__', '$map', 'toString', 'action'),
  fc.string({ maxLength: 3 }).filter((name) => !name.startsWith('#')),
);
const contentOfJson = (json: unknown) =>
  contentOf(decodeExpression(json, 'here', { hasBigints: true }));

const { expression } = fc.letrec<{ expression: unknown; key: unknown }>((tie) => ({
  key: fc.oneof(integers, fc.string({ maxLength: 3 }), fc.boolean()),
  expression: fc.oneof(
    { depthSize: 'small' },
    tie('key'),
    fc.constantFrom<unknown>({ '#unserializable': 'Int' }, null, 0.5, '\ud83d', { '#tup': [] }),
    fc.array(tie('expression'), { maxLength: 3 }),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => ({ '#tup': items })),
    fc.dictionary(names, tie('expression'), { maxKeys: 3 }),
    fc
      .uniqueArray(tie('expression'), { maxLength: 4, selector: contentOfJson })
      .map((members) => ({ '#set': members })),
    fc
      .uniqueArray(fc.tuple(tie('expression'), tie('expression')), {
        maxLength: 3,
        selector: ([key]) => contentOfJson(key),
      })
      .map((pairs) => ({ '#map': pairs })),
  ),
}));

const documents = fc
  .record({
    meta: fc.option(
      fc.dictionary(names, fc.jsonValue(), { maxKeys: 3 }).map((meta) => ({ ...meta })),
      { nil: undefined },
    ),
    names: fc.uniqueArray(names, { minLength: 1, maxLength: 3 }),
    isInVars: fc.boolean(),
    action: fc.constantFrom(undefined, 'mbt::actionTaken', 'action_taken'),
    picks: fc.constantFrom(undefined, 'mbt::nondetPicks', 'nondet_picks'),
    constant: fc.option(expression, { nil: undefined }),
    hasLoop: fc.boolean(),
    metaOf: fc.constantFrom<'none' | 'index' | 'odd' | 'scalar'>('none', 'index', 'odd', 'scalar'),
    states: fc.array(
      fc.record({
        values: fc.infiniteStream(expression),
        action: fc.constantFrom('Step', 'deposit', ''),
        picks: expression,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ meta, isInVars, action, picks, constant, hasLoop, metaOf, ...rest }) => {
    const quints = [action, picks].filter((name) => name !== undefined);
    return {
      ...(meta === undefined ? {} : { '#meta': meta }),
      ...(constant === undefined ? {} : { params: ['N'] }),
      vars: [...rest.names, ...(isInVars ? quints : [])],
      ...(hasLoop ? { loop: rest.states.length - 1 } : {}),
      states: rest.states.map((state, index) =>
        Object.fromEntries([
          ...(metaOf === 'none'
            ? []
            : [
                [
                  '#meta',
                  metaOf === 'scalar'
                    ? index % 2
                      ? 'text'
                      : null
                    : { index, ...(metaOf === 'odd' && { x: 1 }) },
                ],
              ]),
          ...(constant === undefined || index > 0 ? [] : [['N', constant]]),
          ...rest.names.map((name) => [name, state.values.next().value]),
          ...(action === undefined ? [] : [[action, state.action]]),
          ...(picks === undefined ? [] : [[picks, state.picks]]),
        ]),
      ),
    };
  });

describe('a document of another tool', () => {
  it('says the same after import and export, and gives the same trace again', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const json: unknown = JSON.parse(JSON.stringify(document));
        const lines = fromItf(json, 'any');
        const again = exported(read(lines));
        expect(said(again)).toEqual(said(json));
        expect(fromItf(again, 'any')).toEqual(lines);
      }),
    );
  });

  it('keeps a loop that is null, as Quint writes where there is none', () => {
    const document = { params: [], vars: ['n'], loop: null, states: [{ n: 1 }, { n: 2 }] };
    const trace = read(fromItf(document, 'any'));
    expect(counterexampleOf(trace.header)?.loopTo).toBe(undefined);
    expect(exported(trace)).toMatchObject({ loop: null });
  });

  it('keeps parameters as constants, tuples, the loop, and what state 0 picked', () => {
    const document = {
      '#meta': { status: 'ok', timestamp: 5 },
      params: ['N'],
      vars: ['pair', 'action_taken', 'nondet_picks'],
      loop: 1,
      states: [
        {
          '#meta': { index: 0 },
          N: 3,
          pair: { '#tup': [1, 'a'] },
          action_taken: 'init',
          nondet_picks: { who: 'bob' },
        },
        {
          '#meta': { index: 1 },
          pair: { '#tup': [2, 'a'] },
          action_taken: 'grow',
          nondet_picks: { by: 1 },
        },
      ],
    };
    const trace = read(fromItf(document, 'm'));
    expect(trace.stateAt(0)).toEqual({ N: 3, pair: Tuple.from([2, 'a']) });
    expect(trace.step(0).operation).toEqual({
      kind: 'normal',
      input: { kind: 'grow', picks: { by: 1 } },
    });
    expect(exported(trace)).toEqual(document);
  });

  it('does not show another order of a set or map as a change', () => {
    const set = (...members: number[]) => ({ '#set': members.map((one) => ({ '#tup': [one] })) });
    const states = [set(1, 2), set(2, 1), set(3, 2, 1)].map((x, index) => ({
      x,
      y: {
        '#map':
          index === 1
            ? [
                ['a', x],
                ['b', 1],
              ]
            : [
                ['b', 1],
                ['a', x],
              ],
      },
    }));
    const trace = read(fromItf({ vars: ['x', 'y'], states }, 'm'));
    expect(trace.changedSteps).toEqual([1]);
    expect(trace.step(1).patch.map(({ kind }) => kind)).toEqual(['added', 'added']);
  });

  it('shows a violation as a finding of its last state, by the number in the file', () => {
    const violation = (count: number) => ({
      '#meta': { status: 'violation' },
      vars: ['x'],
      states: Array.from({ length: count }, (_, x) => ({ x })),
    });
    const [found] = read(fromItf(violation(3), 'm')).findings;
    expect(found).toMatchObject({ stepIndex: 1, kind: 'invariant' });
    expect(found?.message).toContain('state 2 of the file');
    expect(read(fromItf(violation(1), 'm')).findings).toMatchObject([{ stepIndex: -1 }]);
  });

  it('takes 1 and a bigint 1 as one integer in a document that has both', () => {
    const states = [{ x: 1 }, { x: { '#bigint': '1' } }];
    expect(read(fromItf({ vars: ['x'], states }, 'm')).changedSteps).toEqual([]);
  });

  it('is read from a list that holds it, or that holds its states', () => {
    const states = [
      { '#meta': { index: 0 }, x: 1 },
      { '#meta': { index: 1 }, x: 2 },
    ];
    for (const json of [[{ vars: ['x'], states }], states]) {
      expect(read(fromItf(json, 'm')).stateAt(0)).toEqual({ x: 2 });
    }
  });

  it('may have a description that is not a string', () => {
    const json = { '#meta': { description: 5 }, vars: [], states: [{}] };
    expect(read(fromItf(json, 'm')).header.scenario).toBe('5');
  });

  const inState = (x: unknown) => ({ vars: ['x'], states: [{ x: 0 }, { x }] });
  const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);

  it('may be nested as deeply as a trace may be', () => {
    const trace = read(fromItf(inState(nested(399)), 'm'));
    expect(trace.stateAt(0)).toEqual({ x: nested(399) });
    expect(() => fromItf(toItf(trace), 'm')).not.toThrow();
  });

  it.each([
    ['a list of two documents', [inState(1), inState(2)], 'it is a list of 2 documents'],
    ['a list of something else', [1, 2], 'it is a list; a document is an object'],
    ['a tag beside a field', inState({ a: 1, '#set': [] }), '"#set" must be the only key'],
    ['a field that begins with #', inState({ '#1': 'new' }), 'must be written as a #map'],
    [
      'a member twice',
      inState({ '#set': [{ '#tup': [1] }, { '#tup': [1] }] }),
      'state 1, x: the set has the member (1) twice',
    ],
    [
      'a key twice',
      inState({
        '#map': [
          ['a', 1],
          ['a', 2],
        ],
      }),
      'the map has the key "a" twice',
    ],
    ['a loop to nowhere', { ...inState(1), loop: 2 }, 'loop: there is no state 2'],
    [
      'a nesting that is too deep for a trace',
      inState(nested(400)),
      'state 1, x: it is nested more than 400 levels deep',
    ],
    [
      'a comment that is too deep for a trace',
      { '#meta': { comment: nested(500) }, vars: ['x'], states: [{ x: 1 }] },
      'nested more than 400 levels deep',
    ],
    [
      'an integer of too many digits',
      inState({ '#bigint': '1'.repeat(100_001) }),
      'it must be an integer of at most 100 000 digits',
    ],
  ])('is refused with %s', (_, json, message) => {
    expect(() => fromItf(json, 'm')).toThrow(message);
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
    expect(read(fromItf(document, 'any')).header).toEqual(trace.header);
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
    expect(read(written).stateAt(2)).toEqual(trace.stateAt(2));
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
    const changed = read(given);
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
    expect(read(given).length).toBe(3);
    expect(exported(read(given))).toMatchObject(
      'loop' in change || 'params' in change ? change : {},
    );
  });
});
