import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../machine/operation.ts';
import { stepWith, type Step } from '../../trace/format/format.ts';
import { differingPlaces } from '../../value/differing-places.ts';
import { printDifference } from './difference-text.ts';

let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const BEFORE = { seats: new Map([['A1', { owner: 'Ada' }]]), queue: [1, 2, 3] };
const BOOK: Operation = { kind: 'normal', input: 'book' };
const step = (parts: Partial<Step>): Step =>
  stepWith({ stepIndex: 10, operation: BOOK, stateHash: '', ...parts });
const stateBefore = () => BEFORE;
const owner = (value: string) =>
  ({ kind: 'changed', path: ['seats', { mapKey: 'A1' }, 'owner'], value }) as const;

describe('where an execution differs', () => {
  it('is shown by path, with both sides, for each part', () => {
    printDifference(
      {
        kind: 'step',
        stepIndex: 10,
        fields: ['outcome', 'patch', 'stateHash'],
        expected: step({ patch: [owner('Bob')] }),
        actual: step({ outcome: { kind: 'err', error: 'Taken' }, patch: [owner('Cy')] }),
      },
      stateBefore,
    );
    expect(printed.split('\n')).toEqual([
      'The first 10 steps are the same. Step 10 went differently: outcome, state.',
      '  outcome.kind',
      '    recorded  "ok"',
      '    executed  "err"',
      '    … and 1 more; --json has them',
      '  state.seats["A1"].owner',
      '    recorded  "Bob"',
      '    executed  "Cy"',
      '',
    ]);
  });

  it('shows what is missing on one side, in lists and in the initial state', () => {
    printDifference(
      {
        kind: 'initialState',
        expectedHash: 'a',
        actualHash: 'b',
        states: differingPlaces({ n: 1 }, { n: 2, m: 3 }, 20),
      },
      stateBefore,
    );
    expect(printed).toContain('  state.n\n    recorded  1\n    executed  2\n    … and 1 more');
    printDifference(
      {
        kind: 'step',
        stepIndex: 10,
        fields: ['patch'],
        expected: step({}),
        actual: step({
          patch: [{ kind: 'spliced', path: ['queue'], index: 3, removed: 0, inserted: [4n] }],
        }),
      },
      stateBefore,
    );
    expect(printed).toContain('  state.queue[3]\n    recorded  nothing\n    executed  4n\n');
  });

  it('shows long texts from shortly before the place where they differ', () => {
    const text = (end: string) => `${'x'.repeat(50_000)}${end}${'y'.repeat(1_000)}`;
    printDifference(
      {
        kind: 'initialState',
        expectedHash: 'a',
        actualHash: 'b',
        states: differingPlaces({ text: text('one') }, { text: text('two') }, 20),
      },
      stateBefore,
    );
    expect(printed).toMatch(
      / {2}state\.text\n {4}recorded {2}…x{1,40}oney+…\n {4}executed {2}…x{1,40}twoy+…\n/,
    );
  });

  it('tells texts apart that look the same, and cuts long ones', () => {
    printDifference(
      {
        kind: 'step',
        stepIndex: 10,
        fields: ['patch'],
        expected: step({ patch: [owner('Ada')] }),
        actual: step({ patch: [owner(`\u0410da${'a'.repeat(1_000)}`)] }),
      },
      stateBefore,
    );
    expect(printed).toContain('recorded  "Ada"\n');
    expect(printed).toMatch(/executed {2}"\\u0410da+…\n/);
  });
});
