import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executedStep, type Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { Operation } from '../machine/operation.ts';
import type { JudgedStep } from '../trace/words/judged.ts';
import { isPatternWithin, patternOf, type Pattern } from './minimal-run.ts';

type Given = Partial<Pick<Executed, 'actions' | 'refused' | 'outcome'>> & {
  readonly operation: Operation;
};

const asks = (id: number, kind = 'Ask', input = kind): Given => ({
  operation: { kind: 'normal', input },
  actions: [{ kind: 'tracked', id, action: { kind } }],
});
const result = (id: number, kind: string, more: { readonly isDuplicate?: true } = {}): Given => ({
  operation: { kind: 'trackedActionCompleted', id, result: { kind }, ...more },
});
const CRASH: readonly Given[] = [
  { operation: { kind: 'crash', dispatched: 0 } },
  { operation: { kind: 'restore' } },
];

/** The pattern of a run that fails at its last step and needs all of its steps, but for some. */
function pattern(
  given: readonly Given[],
  broken: Partial<Finding> = {},
  spare: readonly number[] = [],
): readonly string[] {
  const steps = given.map((step, stepIndex) => executedStep({ ...step, stepIndex, before: 0 }));
  const parts = steps.map(({ stepIndex }): JudgedStep => ({
    kind: 'input',
    stepIndex,
    need: spare.includes(stepIndex) ? 'notNeeded' : 'needed',
  }));
  const finding = { kind: 'rule', name: 'atomicity', message: '', shape: '', ...broken } as const;
  const found = patternOf(steps, parts, { ...finding, stepIndex: steps.length - 1 });
  return found.map(({ what, actions }) => [what, ...actions].join(' '));
}

describe('the pattern of a minimal run', () => {
  it('has kinds and renumbered actions, not values', () => {
    expect(pattern([asks(7), asks(9), result(9, 'Yes'), result(7, 'No')])).toEqual([
      'request for Ask 1',
      'request for Ask 2',
      'result Yes 1',
      'result No 2',
    ]);
    const other = [asks(3, 'Ask', 'another'), asks(4), result(3, 'Yes'), result(4, 'No')];
    expect(pattern(other)).toEqual(pattern([asks(7), asks(9), result(9, 'Yes'), result(7, 'No')]));
  });

  it('does not depend on which of several actions alike has which result', () => {
    const asksAll = (ids: readonly number[], kinds: readonly string[]): Given => ({
      operation: { kind: 'normal', input: 'Begin' },
      actions: ids.map((id, at) => ({
        kind: 'tracked',
        id,
        action: { kind: kinds[at % kinds.length] ?? '' },
      })),
    });
    const votes = (...ids: readonly [number, number, number]) =>
      pattern([
        asksAll([1, 2, 3], ['Prepare']),
        result(ids[0], 'Yes'),
        result(ids[1], 'Yes'),
        result(ids[2], 'No'),
      ]);
    expect(votes(1, 2, 3)).toEqual([
      'request for Prepare, Prepare, Prepare 1 2 3',
      'result Yes 1',
      'result Yes 2',
      'result No 3',
    ]);
    const turned = [votes(1, 3, 2), votes(3, 2, 1), votes(2, 3, 1)];
    for (const one of turned) expect(one).toEqual(votes(1, 2, 3));
    // Which of two unlike actions it is does matter.
    const ofTwo = (id: number) => pattern([asksAll([1, 2], ['Hold', 'Pay']), result(id, 'Yes')]);
    expect(ofTwo(1)).not.toEqual(ofTwo(2));
    const reversed = pattern([asksAll([2, 1], ['Pay', 'Hold']), result(1, 'Yes')]);
    expect(reversed).toEqual(ofTwo(1));
  });

  it('names a request that asks for nothing, and its fault', () => {
    const fault = { kind: 'commitFails' } as const;
    expect(pattern([{ operation: { kind: 'normal', input: { kind: 'Book' }, fault } }])).toEqual([
      'request Book, commitFails',
    ]);
  });

  it('says of a fault what it has done to the step, not how', () => {
    const struck = (kind: 'commitFails' | 'accessFails', outcome: Executed['outcome']): Given => {
      const fault = kind === 'accessFails' ? { kind, access: 1 } : { kind };
      return { operation: { kind: 'normal', input: { kind: 'Book' }, fault }, outcome };
    };
    const err = { kind: 'err', error: 'refused' } as const;
    expect(pattern([struck('commitFails', err)])).toEqual(['request Book, rolled back']);
    expect(pattern([struck('accessFails', err)])).toEqual(['request Book, rolled back']);
    // A machine that catches the failure goes on.
    expect(pattern([struck('accessFails', { kind: 'ok' })])).toEqual(['request Book, accessFails']);
  });

  it('leaves out what is not needed', () => {
    expect(pattern([asks(1), asks(2), result(2, 'Yes')], {}, [0])).toEqual([
      'request for Ask 1',
      'result Yes 1',
    ]);
  });

  it('does not depend on when something is requested that asks for no action', () => {
    const search: Given = { operation: { kind: 'normal', input: { kind: 'Search' } } };
    const early = pattern([search, asks(1), result(1, 'Yes'), asks(2)]);
    expect(early[0]).toBe('request Search');
    expect(pattern([asks(1), result(1, 'Yes'), search, asks(2)])).toEqual(early);
    // Not past a crash, and not where it is the step that fails.
    expect(pattern([...CRASH, search, asks(2)])).not.toEqual(pattern([search, ...CRASH, asks(2)]));
    expect(pattern([asks(1), result(1, 'Yes'), search]).at(-1)).toBe('request Search');
  });

  it('keeps the last two results of an action', () => {
    const results = ['No', 'Yes', 'No'].map((kind) => result(1, kind));
    expect(pattern([asks(1), ...results])).toEqual(pattern([asks(1), ...results.slice(1)]));
  });

  it('says what the check of a rule has tried, unless the run has done it', () => {
    const once = [asks(1), result(1, 'Yes')];
    const twice = [...once, result(1, 'Yes', { isDuplicate: true })];
    const rule = { name: 'idempotent completion' };
    expect(pattern(once, rule)).toEqual(pattern(twice));
    expect(pattern(twice, rule)).toEqual(pattern(twice));
    const lost = { name: 'tracked actions are restorable' };
    expect(pattern(once, lost)).toEqual(pattern([...once, ...CRASH]));
  });
});

const things = fc.record({
  what: fc.constantFrom('request', 'result', 'crash'),
  actions: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
});
const patterns = fc.array(things, { maxLength: 8 });

describe('a pattern', () => {
  it('is within what has all of it in order, whatever its actions are called', () => {
    const kept = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(patterns, kept, (large: Pattern, keeps) => {
        const small = large
          .filter((_, at) => keeps[at])
          .map(({ what, actions }) => ({ what, actions: actions.map((number) => 10 - number) }));
        expect(isPatternWithin(small, large)).toBe(true);
        expect(isPatternWithin(large, small)).toBe(small.length === large.length);
      }),
    );
  });

  it('is within what has all of it for other actions that were asked for alike', () => {
    const of = (names: readonly string[], ...results: readonly string[]): Pattern => [
      { what: 'request', actions: names.map((_, at) => at + 1), names },
      ...results.map((one) => {
        const [what = '', number] = one.split(' ');
        return { what, actions: [Number(number)] };
      }),
    ];
    const alike = ['Ask', 'Ask', 'Ask'];
    const small = of(alike, 'Yes 1', 'No 2');
    expect(isPatternWithin(small, of(alike, 'Maybe 1', 'Yes 2', 'No 3'))).toBe(true);
    expect(isPatternWithin(small, of(alike, 'Yes 1', 'No 1'))).toBe(false);
    expect(isPatternWithin(small, of([...alike, 'Ask'], 'Yes 1', 'No 2'))).toBe(false);
    const unlike = ['Hold', 'Pay'];
    expect(isPatternWithin(of(unlike, 'Yes 1'), of(unlike, 'Yes 2'))).toBe(false);
    expect(isPatternWithin(of(unlike, 'Yes 2'), of(unlike, 'Maybe 1', 'Yes 2'))).toBe(true);
    // Many alike are no more work than a few.
    const many = Array.from({ length: 11 }, () => 'Ask');
    expect(isPatternWithin(of(many, 'Yes 1', 'No 2'), of(many, 'Yes 11', 'No 11'))).toBe(false);
  });

  it('is not within what confuses two of its actions', () => {
    const of = (...actions: number[]) => actions.map((one) => ({ what: 'result', actions: [one] }));
    expect(isPatternWithin(of(1, 2), of(1, 1))).toBe(false);
    expect(isPatternWithin(of(1, 1), of(1, 2, 1))).toBe(true);
  });
});
