import { expect, it } from 'vitest';
import {
  coveragesToKeep,
  recallCoverage,
  SOURCE_CHARS_KEPT_MAX,
  sourceToKeep,
} from './kept-coverage.ts';

const LINES = { path: 'desk.ts', lines: [3, 1], gaps: [] } as const;

function sweep(text: string) {
  return {
    report: { covered: [LINES] },
    coverage: { sources: [{ ...LINES, text }], sourceHash: 'hash' },
  };
}

it('comes back with the texts of the source', () => {
  const swept = sweep('let a;\nlet b;');
  const kept = sourceToKeep(swept);
  expect(JSON.stringify(kept)).not.toContain('lines');
  expect(recallCoverage(swept, kept)).toEqual({ coverage: swept.coverage });
});

it('is absent where the source was not kept, or nothing was watched', () => {
  const { coverage, ...unwatched } = sweep('x');
  expect(sourceToKeep(unwatched)).toBeUndefined();
  expect(recallCoverage(unwatched, undefined)).toEqual({});
});

it('is that of the first ones for which there is room, each counted once', () => {
  const half = 'x'.repeat(SOURCE_CHARS_KEPT_MAX / 2);
  const [first, second, third] = [half, half, half].map((text) => sweep(text).coverage);
  const all = [first, first, second, third].flatMap((one) => one ?? []);
  expect([...coveragesToKeep(all)]).toEqual([first, second]);
});
