import { expect, it } from 'vitest';
import { Tuple } from '../../core/value/tuple.ts';
import type { Value } from '../../core/value/value.ts';
import { compareStates } from './comparison.ts';
import { NO_EXPANSION, parseAddress, withOpen } from './expansion.ts';
import { describeRow } from './row-words.ts';
import { TreeRows } from './tree-rows.ts';

/** The accessible names of the rows, with the first one open. */
function namesOf(before: Value, after: Value): readonly string[] {
  const { marks } = compareStates(before, after);
  const shape = { before, after, marks, opening: marks, lineChars: 200, filter: 'all' } as const;
  const first = new TreeRows({ ...shape, expansion: NO_EXPANSION }).at(0);
  const expansion = withOpen(NO_EXPANSION, parseAddress(first.id), true);
  const rows = new TreeRows({ ...shape, expansion });
  return Array.from({ length: rows.length }, (_, at) => describeRow(rows.at(at), 'diff'));
}

it('names keys apart that are written alike', () => {
  const keys: Value[] = [[1, 2], Tuple.of<Value>(1, 2), new Set([1, 2]), 'é', 'e\u0301'];
  const state = { m: new Map(keys.map((key) => [key, 0])) };
  expect(namesOf(state, state)).toEqual([
    'm: Map 5',
    '[1,2]: 0',
    '(1,2): 0',
    'Set {1,2}: 0',
    '"é": 0',
    String.raw`"e\u0301": 0`,
  ]);
});

it('names members by their values, and says what a list became', () => {
  const members = { s: new Set<Value>([Tuple.of<Value>(1, 2), Tuple.of<Value>(1, 3)]) };
  expect(namesOf(members, members)).toEqual(['s: Set 2', '(1,2)', '(1,3)']);
  const [name] = namesOf({ x: Tuple.of<Value>(1, 2) }, { x: [1, 2] });
  expect(name).toBe('x: [2], changed, before (2)');
});
