import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causesOfSweep } from './causes.ts';
import { distinctionsOf } from './distinctions.ts';
import { requirementOf, type MinimalRun } from './minimal-run.ts';
import type { SweepGroup } from './report.ts';

const RULE = { kind: 'rule', name: 'tracked actions are restorable', shape: 'input Book' } as const;

function minimal(needs: readonly string[], seed = '0'): MinimalRun {
  return {
    seed,
    stepIndex: 0,
    steps: needs.length,
    sentences: [],
    pattern: needs.map((what) => ({ what, actions: [] })),
    breaks: [requirementOf(RULE)],
  };
}

function groupOf(minima: readonly MinimalRun[], given: Partial<SweepGroup> = {}): SweepGroup {
  const found = { count: 1, seed: '0', stepIndex: 0, operations: 1, signature: 'signature' };
  return { ...RULE, message: '', ...found, minima: [...minima], ...given };
}

/** What tells the causes of some groups apart, in order. */
function told(...groups: readonly SweepGroup[]): readonly (string | undefined)[] {
  const causes = causesOfSweep(groups);
  const distinctions = distinctionsOf(causes);
  return causes.map(({ id }) => distinctions.get(id));
}

describe('causes with the same heading', () => {
  it('are distinguished by what one of them needs, or lacks', () => {
    const [plain, crashed] = [
      ['request', 'result'],
      ['request', 'result', 'crash'],
    ];
    expect(told(groupOf([minimal(plain), minimal(crashed)]))).toEqual([
      'without crash',
      'with crash',
    ]);
  });

  it('are distinguished by how often they need something, or by its order', () => {
    const twice = ['request', 'result', 'result'];
    expect(told(groupOf([minimal(['request', 'result']), minimal(twice)]))).toEqual([
      'with result once',
      'with result 2 times',
    ]);
    expect(told(groupOf([minimal(['crash', 'result']), minimal(['result', 'crash'])]))).toEqual([
      'crash, result',
      'result, crash',
    ]);
  });

  it('are distinguished by their places in the source if none was shrunk', () => {
    const at = (source: string) => groupOf([], { source, signature: source });
    expect(told(at('desk.ts:4:1'), at('desk.ts:9:1'))).toEqual([
      'at desk.ts:4:1',
      'at desk.ts:9:1',
    ]);
  });

  it('are those that break the same at the same kind of step: others say nothing more', () => {
    const other = groupOf([minimal(['crash'])], { shape: 'restore', signature: 'other' });
    const renamed = groupOf([minimal(['loss'])], { name: 'restore is pure', signature: 'pure' });
    expect(told(groupOf([minimal(['request'])]), other, renamed)).toEqual(
      Array.from({ length: 3 }),
    );
  });

  it('have different ones, whatever they need', () => {
    const needs = fc.array(fc.constantFrom('request', 'result', 'crash', 'loss'), { maxLength: 5 });
    const minima = fc.array(fc.tuple(needs, fc.constantFrom('0', '1')), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(minima, (runs) => {
        const texts = told(groupOf(runs.map(([what, seed]) => minimal(what, seed))));
        if (texts.length > 1) expect(texts).not.toContain(undefined);
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });
});
