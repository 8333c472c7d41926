import fc from 'fast-check';
import { expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import { valueAt } from './container.ts';
import type { Path } from './path.ts';
import { treeLines } from './tree-lines.ts';

const textOf = (lines: ReturnType<typeof treeLines>) =>
  [...lines].map(({ level, name, text }) => `${' '.repeat(level)}${name}|${text ?? ''}`);

it('writes one member a line, and short records on theirs', () => {
  const state = { open: new Map([['a', { by: 1 }]]), names: new Set(['x']), deep: [[1], 'b'] };
  expect(textOf(treeLines(state))).toEqual([
    '|{3}',
    ' open|Map 1',
    '  "a"|{"by":1}',
    ' names|["x"]',
    ' deep|[2]',
    '  0|[1]',
    '  1|"b"',
  ]);
});

it('cuts long lists, but for what is kept, and says how much is left out', () => {
  const list = Array.from({ length: 100 }, (_, at) => ({ at: [at] }));
  expect(textOf(treeLines(list)).at(-1)).toBe(' … and 60 more|');
  const kept = textOf(treeLines(list, { isKept: ([at]) => at === 90 }));
  expect(kept.slice(-3)).toEqual([' 90|{1}', '  at|[90]', ' … and 59 more|']);
  expect(textOf(treeLines(list, { isKept: () => true }))).toHaveLength(201);
});

it('leaves containers closed that are not opened', () => {
  const state = { open: [{ by: [1] }], shut: [{ by: [2] }] };
  const isOpened = (path: Path) => path.length === 0 || path[0] === 'open';
  expect(textOf(treeLines(state, { isOpened }))).toEqual([
    '|{2}',
    ' open|[1]',
    '  0|{1}',
    '   by|[1]',
    ' shut|[{"by":[2]}]',
  ]);
});

it('names places of the value', () => {
  fc.assert(
    fc.property(values, (value) => {
      for (const { path, text } of treeLines(value))
        if (text !== undefined) expect(valueAt(value, path).found).toBe(true);
    }),
  );
});
