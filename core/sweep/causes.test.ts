import { describe, expect, it } from 'vitest';
import {
  causesOfSweep,
  describeGrouping,
  describeUnshrunk,
  exampleOf,
  groupedBy,
} from './causes.ts';
import { requirementOf, type MinimalRun, type Pattern } from './minimal-run.ts';
import type { SweepGroup } from './report.ts';

function group(name: string, minima: readonly MinimalRun[] = []): SweepGroup {
  const finding = { kind: 'rule', name, message: '', shape: 'input Book' } as const;
  const found = { count: 1, seed: '0', stepIndex: 0, operations: 1, signature: name };
  return { ...finding, ...found, ...(minima.length === 0 ? {} : { minima: [...minima] }) };
}

const pattern = (...what: readonly string[]): Pattern =>
  what.map((one) => ({ what: one, actions: [] }));

function minimal(needs: Pattern, ...breaks: readonly string[]): MinimalRun {
  const run = { seed: '0', stepIndex: 0, steps: needs.length, sentences: [] };
  return {
    ...run,
    pattern: needs,
    breaks: breaks.map((name) => requirementOf({ kind: 'rule', name })),
  };
}

const namesIn = (groups: readonly SweepGroup[]) =>
  causesOfSweep(groups).map(({ symptoms }) => symptoms.map((symptom) => symptom.group.name));

it('the example of a minimal run of another seed says what happened there', () => {
  const own = { ...group('a'), message: 'own', expected: '1', output: [] };
  const finding = { message: 'other', actual: '2' };
  const other = { ...minimal(pattern('request'), 'a'), seed: '7', stepIndex: 4, finding };
  expect(exampleOf({ group: own, minimal: other })).toEqual({
    ...group('a'),
    ...finding,
    seed: '7',
    stepIndex: 4,
  });
  expect(exampleOf({ group: own })).toEqual(own);
});

describe('causes of a sweep', () => {
  const twice = pattern('request', 'result', 'result');

  it('are the groups, as long as nothing is shrunk', () => {
    expect(namesIn([group('a'), group('b')])).toEqual([['a'], ['b']]);
  });

  it('hold what needs the same and is shown by one run', () => {
    const one = group('a', [minimal(twice, 'a')]);
    const both = group('b', [minimal(twice, 'a', 'b')]);
    expect(namesIn([one, group('c'), both])).toEqual([['a', 'b'], ['c']]);
  });

  it('keep apart what no run shows together, and what needs different things', () => {
    const one = group('a', [minimal(twice, 'a')]);
    expect(namesIn([one, group('b', [minimal(twice, 'b')])])).toEqual([['a'], ['b']]);
    const longer = minimal([...twice, ...pattern('crash')], 'a', 'b');
    expect(namesIn([one, group('b', [longer])])).toEqual([['a'], ['b']]);
  });

  it('tell several minimal runs of one group apart', () => {
    const crash = pattern('request', 'crash');
    const lost = group('lost', [minimal(twice, 'lost'), minimal(crash, 'lost', 'unpaid')]);
    const unpaid = group('unpaid', [minimal(crash, 'unpaid')]);
    expect(namesIn([lost, unpaid])).toEqual([['lost'], ['lost', 'unpaid']]);
    const causes = causesOfSweep([lost, unpaid]);
    expect(new Set(causes.map(({ id }) => id)).size).toBe(2);
    const together = expect.stringMatching(/^The seeds of 2 causes are counted together/);
    expect(causes.map(describeGrouping)).toEqual([together, together]);
    expect(causesOfSweep([unpaid]).map(describeGrouping)).toEqual([undefined]);
  });

  it('become one through what they have in common, in the order of the groups', () => {
    const groups = [
      group('a', [minimal(twice, 'a')]),
      group('b', [minimal(twice, 'b')]),
      group('c', [minimal(twice, 'a', 'b', 'c')]),
    ];
    expect(namesIn(groups)).toEqual([['a', 'b', 'c']]);
  });

  it('say once for all that were not shrunk how they are grouped', () => {
    const shrunk = group('a', [minimal(twice, 'a')]);
    const told = (groups: readonly SweepGroup[], isOver: boolean) =>
      describeUnshrunk(causesOfSweep(groups), isOver);
    const end = 'are grouped by rule and shape only, and some may be the same.';
    expect(told([group('a'), group('b')], false)).toBe(`Not shrunk yet: causes ${end}`);
    expect(told([shrunk, group('b')], true)).toBe(`1 cause is not shrunk: such causes ${end}`);
    expect(told([shrunk], true)).toBeUndefined();
  });

  it('say whether a minimal run tells them apart, and why not', () => {
    const long = pattern(...Array.from({ length: 20 }, () => 'request'));
    const groups = [
      group('a', [minimal(twice, 'a')]),
      group('b'),
      group('c', [minimal(long, 'c')]),
    ];
    const causes = causesOfSweep(groups);
    expect(causes.map(groupedBy)).toEqual(['minimalRun', 'ruleAndShape', 'ruleAndShape']);
    expect(causes.map(describeGrouping)).toEqual([
      undefined,
      expect.stringMatching(/^Not shrunk: it is grouped by rule and shape only/),
      expect.stringMatching(/^Its minimal run is too long/),
    ]);
    const hangs = causesOfSweep([{ ...group('d'), kind: 'hang' }]);
    expect(hangs.map(describeGrouping)).toEqual([
      expect.stringMatching(/^Not shrunk: every try takes as long as a step may/),
    ]);
  });
});
