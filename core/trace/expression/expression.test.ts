import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { containerOf } from '../../value/container.ts';
import type { Path } from '../../value/path.ts';
import { Table } from '../../value/table.ts';
import { Tuple } from '../../value/tuple.ts';
import type { Value } from '../../value/value.ts';
import { answer, QUESTIONS, type Question } from '../questions/questions.ts';
import type { Trace } from '../trace.ts';
import { Expression, ExpressionError, expressionOfPath, type StepView } from './expression.ts';

function view(state: unknown, others: Partial<StepView> = {}): StepView {
  const none = { before: null, input: null, actions: [], outcome: { kind: 'ok' }, outstanding: [] };
  return {
    ...none,
    findings: [],
    kind: 'normal',
    id: null,
    step: 0,
    tallies: {},
    state,
    ...others,
  };
}

const state = {
  count: 3,
  total: 10n ** 20n,
  rooms: new Map<unknown, unknown>([
    [1, { guest: 'Ada', nights: 2 }],
    ['attic', { guest: 'Grace', nights: 5 }],
  ]),
  seats: new Set(['A1', 'B2']),
  list: [{ open: true }, { open: false }],
  table: new Table([[7, { name: 'seven' }]]),
};

const houses = [
  { constructor: 'Ada', rooms: 3 },
  { constructor: 'Grace', rooms: 4 },
];
const hostile = {
  built: JSON.parse(
    '{"constructor":"Ada & Sons","toString":1,"valueOf":2,"hasOwnProperty":true,"__proto__":{"x":1}}',
  ) as Value,
  houses,
  plain: { n: 1 },
  hidden: JSON.parse('{"__proto__":{}}') as Value,
  nobody: { constructor: null },
  person: { constructor: { name: 'Ada' } },
};

describe('an expression', () => {
  it.each([
    ['state.count == 3', true],
    ['state.count + 1 == 4 && state.count % 2 == 1', true],
    ['state.count / 2', 1.5],
    ['state.total > 5', true],
    ['state.total * state.total - state.total + 1', 10n ** 40n - 10n ** 20n + 1n],
    ['state.rooms[1].guest == "Ada"', true],
    ['state.rooms["attic"].nights * 2 - 1', 9],
    ['state.rooms.attic.nights', 5],
    ['size(state.rooms)', 2n],
    ['"A1" in state.seats', true],
    ['state.rooms.exists(key, state.rooms[key].nights > 4)', true],
    ['state.list.filter(item, item.open).size() == 1', true],
    ['state.list[1].open', false],
    ['has(state.missing)', false],
    ['size(state.table) == 1', true],
    ['state.table[7].name', 'seven'],
    ['outcome.kind == "err" || kind == "normal"', true],
  ])('%s', (text, expected) => {
    const result = new Expression(text).evaluate(view(state));
    expect(result).toEqual({ kind: 'value', value: expected });
  });

  it.each([
    ['state.built.constructor == "Ada & Sons"', true],
    ['state.built.toString + state.built.valueOf == 3', true],
    ['state.built.hasOwnProperty', true],
    ['state.built["__proto__"].x == 1 && state.built.__proto__.x == 1', true],
    ['state.houses.exists(house, house.constructor.startsWith("Ada"))', true],
    ['state.houses[0]', houses[0]],
    ['state.houses.filter(house, house.constructor == "Grace")', [houses[1]]],
    ['has(state.built.constructor) && !has(state.built.nope)', true],
    ['"constructor" in state.built && !("toString" in state.plain)', true],
    ['size(state.houses) == 2 && size(state.built) == 5', true],
    ['state.houses == state.houses && state.plain != null', true],
    ['state.plain.constructor', undefined],
    ['has(state.plain.constructor) || "valueOf" in state.plain', false],
    ['state.nobody.constructor == null && state.person.constructor.name == "Ada"', true],
    ['state.person == {"constructor": {"name": "Ada"}}', true],
    ['state.hidden == state.plain', false],
  ])('reads any key: %s', (text, expected) => {
    const result = new Expression(text).evaluate(view(hostile));
    if (expected === undefined) expect(result.kind).toBe('none');
    else expect(result).toEqual({ kind: 'value', value: expected });
  });

  it.each([
    ['state.set == [1, 2, 3] && [3, 1, 2] == state.set && state.set == state.list', true],
    ['state.set == [1, 1, 2] || state.set == [1, 2] || state.set == [1, 2, 4]', false],
    ['state.people == [{"name": "Ada"}] && state.people == state.others', true],
    ['{"name": "Ada"} in state.people', true],
    ['state.map == {1: "one", "two": 2} && state.map != {"1": "one", "two": 2}', true],
    ['1 in state.map && 2 in state.set && !(4 in state.set) && !(1.5 in state.set)', true],
    ['state.pair == [1, 2] && size(state.pair) == 2 && 1 in state.pair', true],
    ['state.pair.map(item, item + 1) == [2, 3]', true],
    ['state.list == [1.0, 2.0, 3.0] && state.big == 9007199254740993', true],
    ['state.big == 9007199254740992.0', false],
    ['before.list == state.list', true],
    ['state.turned == [1, 2] && state.turned != state.pair && state.pair != state.turned', true],
  ])('compares as data: %s', (text, expected) => {
    const compared = {
      set: new Set([1, 2, 3]),
      list: [1, 2, 3],
      people: new Set([{ name: 'Ada' }]),
      others: new Set([{ name: 'Ada' }]),
      map: new Map<Value, Value>([
        ['two', 2],
        [1, 'one'],
      ]),
      pair: Tuple.of(1, 2),
      turned: new Set([2, 1]),
      big: 9007199254740993n,
    };
    const result = new Expression(text).evaluate(view(compared, { before: { list: [1, 2, 3] } }));
    expect(result).toEqual({ kind: 'value', value: expected });
  });

  it('names what is no data', () => {
    expect(new Expression('type(state.count)').evaluate(view(state))).toEqual({
      kind: 'value',
      value: expect.any(String),
    });
    expect(new Expression('1 in state.count').evaluate(view(state))).toEqual({
      kind: 'none',
      because: '"in" takes a list, a Set, a Map or an object, not a number',
    });
  });

  it('has no value where a member is missing', () => {
    const nowhere = new Expression('state.rooms[9].guest == "Ada"').evaluate(view(state));
    expect(nowhere).toEqual({ kind: 'none', because: expect.stringContaining('no member 9') });
    const missing = new Expression('state.nope > 1').evaluate(view(state));
    expect(missing).toEqual({ kind: 'none', because: expect.stringContaining('nope') });
  });

  it.each([
    ['state.count +', 13],
    ['state.rooms[1].guest == ', 24],
    ['stat.count == 1', 0],
    ['state.list[0] == 1 && nope(1)', 22],
    ['state.count = 3', 12],
  ])('%s is refused with its place', (text, column) => {
    let error: unknown;
    try {
      expect(new Expression(text)).toBe('refused');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as ExpressionError).column).toBe(column);
  });

  it('matches patterns in a time that follows the length of the text', () => {
    // A backtracking engine takes about two to the power of 60 attempts.
    const text = `${'a'.repeat(60)}!`;
    const matches = (pattern: string) =>
      new Expression(`state.text.matches(state.pattern)`).evaluate(view({ text, pattern }));
    expect(matches('^(a+)+$')).toEqual({ kind: 'value', value: false });
    expect(matches('a{3}!$')).toEqual({ kind: 'value', value: true });
    expect(matches('(a')).toEqual({
      kind: 'none',
      because: expect.stringContaining('not a pattern: missing closing )') as string,
    });
    const written = new Expression(String.raw`state.text.matches("^\\w+!$")`);
    expect(written.evaluate(view({ text }))).toEqual({ kind: 'value', value: true });
    expect(written.evaluate(view({ text: 3 }))).toMatchObject({ kind: 'none' });
  });

  it('names the place of a pattern that is none', () => {
    expect(() => new Expression('state.text.matches("a(?=b)")')).toThrow(
      expect.objectContaining({
        name: 'ExpressionError',
        column: 19,
        message: expect.stringMatching(/^not a pattern: /) as string,
      }) as Error,
    );
  });

  it('can neither write nor reach what is not data', () => {
    for (const text of [
      'state.constructor',
      'state.toString',
      'state.list.constructor',
      'state.rooms.size',
      'state.rooms["get"]',
      'state.__proto__',
      'state.list.push(1)',
      'state["constructor"]',
      'state.rooms["clear"]',
    ]) {
      const outcome = (() => {
        try {
          return new Expression(text).evaluate(view(state)).kind;
        } catch (error) {
          return (error as Error).name;
        }
      })();
      expect([text, outcome]).not.toEqual([text, 'value']);
    }
    expect(state.list).toHaveLength(2);
  });
});

describe('the expression for a place in the state', () => {
  const places = {
    rooms: new Map<Value, Value>([
      [1, { guest: 'Ada' }],
      [2n, 'two'],
      ['a "b" \\ \n', 'text'],
      [-1.5, 'below'],
      [true, 'yes'],
    ]),
    list: ['zero', ['one']],
    'two words': { in: 3, $: 4, _x9: 5, 'e\u0301\u2028': 6 },
    odd: JSON.parse('{"constructor":7,"__proto__":{"prototype":8},"toString":9}') as Value,
  };

  it('has the value of that place', () => {
    const walked: string[] = [];
    const walk = (value: Value, path: Path) => {
      const text = expressionOfPath(path);
      walked.push(text ?? '');
      expect(new Expression(text ?? '').evaluate(view(places))).toEqual({ kind: 'value', value });
      for (const [segment, item] of containerOf(value)?.entries() ?? []) {
        walk(item, [...path, segment]);
      }
    };
    walk(places, []);
    expect(walked).toContain('state.rooms[1].guest');
    expect(walked).toContain('state["two words"]["in"]');
    expect(walked).toHaveLength(22);
  });

  it('is none through a key that cannot be written', () => {
    expect(expressionOfPath(['rooms', { mapKey: ['a'] }])).toBeUndefined();
    expect(expressionOfPath(['rooms', { mapKey: Number.NaN }])).toBeUndefined();
  });
});

const trace = traceOfStates({ n: 0 }, [
  { n: 0 },
  { n: 1 },
  { n: 1 },
  { n: 2 },
  { n: 1, extra: true },
]);

function ask(question: Question, of: Trace = trace) {
  const found: unknown[] = [];
  const search = answer(of, question, () => of);
  let next = search.next();
  for (; next.done !== true; next = search.next()) found.push(next.value);
  return { found: JSON.parse(JSON.stringify(found)) as unknown[], answer: next.value };
}

function where(expression: string, from = -1, isFirstOnly = false) {
  const { found } = ask({ kind: 'where', expression, from, isFirstOnly });
  return found.flatMap((part) => QUESTIONS.where.found.parse(part).steps);
}

describe('a question about all steps', () => {
  it('finds where an expression is true, also between the changes of the state', () => {
    expect(where('state.n == 1')).toEqual([1, 2, 4]);
    expect(where('state.n == 0')).toEqual([-1, 0]);
    expect(where('state.n == 1 && step > 1')).toEqual([2, 4]);
    expect(where('state.n == 1', 2)).toEqual([2, 4]);
    expect(where('state.n > before.n')).toEqual([1, 3]);
  });

  it('finds the first one', () => {
    expect(where('state.n == 1', -1, true)).toEqual([1]);
    expect(where('state.n == 9', -1, true)).toEqual([]);
  });

  it('counts the steps at which there is no value, with a reason', () => {
    const { answer: counted } = ask({
      kind: 'where',
      expression: 'state.extra',
      from: -1,
      isFirstOnly: false,
    });
    expect(counted).toEqual({ asked: 6, without: 5, because: expect.stringContaining('extra') });
  });

  it('finds where a value changes', () => {
    expect(valuesOf('state.n * 10')).toEqual([
      [-1, 0],
      [1, 10],
      [3, 20],
      [4, 10],
    ]);
    expect(valuesOf('state.n > 1', 2)).toEqual([
      [2, false],
      [3, true],
      [4, false],
    ]);
  });

  it('tells little of a value that is neither a number nor true or false', () => {
    expect(valuesOf('state.extra')).toEqual([
      [-1, null],
      [4, true],
    ]);
    expect(valuesOf('[state.n, 1]', 2)).toEqual([
      [2, '[2]'],
      [3, '[2]'],
      [4, '[2]'],
    ]);
    expect(valuesOf('kind')).toEqual([
      [-1, '"start"'],
      [0, '"normal"'],
    ]);
    expect(valuesOf('input')).toEqual([
      [-1, 'null'],
      [0, 'Go'],
    ]);
  });
});

/** The changes of a value, each with its step. */
function valuesOf(expression: string, from = -1) {
  return ask({ kind: 'values', expression, from }).found.flatMap((part) => {
    const { steps, samples } = QUESTIONS.values.found.parse(part);
    return steps.map((stepIndex, at) => [stepIndex, samples[at]]);
  });
}
