import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exported, traceOfItf } from '../test-helpers/test-itf.ts';
import { counterexampleOf } from '../trace/format/counterexample.ts';
import { Tuple } from '../value/tuple.ts';
import { contentOf, decodeExpression } from './itf-values.ts';
import { fromItf, toItf } from './itf.ts';

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

const integers = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -3n, max: 2n ** 70n }).map((n) => ({ '#bigint': String(n) })),
);
const names = fc.oneof(
  fc.constantFrom('a', 'b', '1', '__proto__', '$map', 'toString', 'action'),
  // N is the parameter of the documents.
  fc.string({ maxLength: 3 }).filter((name) => !name.startsWith('#') && name !== 'N'),
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
        const again = exported(traceOfItf(lines));
        expect(said(again)).toEqual(said(json));
        expect(fromItf(again, 'any')).toEqual(lines);
      }),
    );
  });

  it('keeps a loop that is null, as Quint writes where there is none', () => {
    const document = { params: [], vars: ['n'], loop: null, states: [{ n: 1 }, { n: 2 }] };
    const trace = traceOfItf(fromItf(document, 'any'));
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
    const trace = traceOfItf(fromItf(document, 'm'));
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
    const trace = traceOfItf(fromItf({ vars: ['x', 'y'], states }, 'm'));
    expect(trace.changedSteps).toEqual([1]);
    expect(trace.step(1).patch.map(({ kind }) => kind)).toEqual(['added', 'added']);
  });

  it('shows a violation as a finding of its last state, by the number in the file', () => {
    const violation = (count: number) => ({
      '#meta': { status: 'violation' },
      vars: ['x'],
      states: Array.from({ length: count }, (_, x) => ({ x })),
    });
    const [found] = traceOfItf(fromItf(violation(3), 'm')).findings;
    expect(found).toMatchObject({ stepIndex: 1, kind: 'invariant' });
    expect(found?.message).toContain('state 2 of the file');
    expect(traceOfItf(fromItf(violation(1), 'm')).findings).toMatchObject([{ stepIndex: -1 }]);
  });

  it('takes 1 and a bigint 1 as one integer in a document that has both', () => {
    const states = [{ x: 1 }, { x: { '#bigint': '1' } }];
    expect(traceOfItf(fromItf({ vars: ['x'], states }, 'm')).changedSteps).toEqual([]);
  });

  it('is read from a list that holds it, or that holds its states', () => {
    const states = [
      { '#meta': { index: 0 }, x: 1 },
      { '#meta': { index: 1 }, x: 2 },
    ];
    for (const json of [[{ vars: ['x'], states }], states]) {
      expect(traceOfItf(fromItf(json, 'm')).stateAt(0)).toEqual({ x: 2 });
    }
  });

  it('may have a description that is not a string', () => {
    const json = { '#meta': { description: 5 }, vars: [], states: [{}] };
    expect(traceOfItf(fromItf(json, 'm')).header.scenario).toBe('5');
  });

  const inState = (x: unknown) => ({ vars: ['x'], states: [{ x: 0 }, { x }] });
  const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);

  it('may be nested as deeply as a trace may be', () => {
    const trace = traceOfItf(fromItf(inState(nested(399)), 'm'));
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
