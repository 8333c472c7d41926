import { expect, it } from 'vitest';
import { recallCoverage, SOURCE_CHARS_KEPT_MAX, sourcesToKeep } from './kept-coverage.ts';

const LINES = { path: 'desk.ts', lines: [3, 1], gaps: [] } as const;

function sweep(id: string, text: string) {
  return {
    id,
    report: { covered: [LINES] },
    coverage: { sources: [{ ...LINES, text }], sourceHash: 'hash' },
  };
}

it('comes back with the texts of the source', () => {
  const swept = sweep('one', 'let a;\nlet b;');
  const kept = sourcesToKeep([swept]).get('one');
  expect(JSON.stringify(kept)).not.toContain('lines');
  expect(recallCoverage(swept, kept)).toEqual({ coverage: swept.coverage });
});

it('is absent where the source was not kept, or nothing was watched', () => {
  const { coverage, ...unwatched } = sweep('one', 'x');
  expect(sourcesToKeep([unwatched]).size).toBe(0);
  expect(recallCoverage(unwatched, undefined)).toEqual({});
});

it('is that of the newest sweeps for which there is room', () => {
  const half = 'x'.repeat(SOURCE_CHARS_KEPT_MAX / 2);
  const sweeps = ['new', 'old', 'older'].map((id) => sweep(id, half));
  expect([...sourcesToKeep(sweeps).keys()]).toEqual(['new', 'old']);
});
