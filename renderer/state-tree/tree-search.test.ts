import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values, versions } from '../../core/test-helpers/test-values.ts';
import { isContainer } from '../../core/value/container.ts';
import { formatPath } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import { compareStates } from './comparison.ts';
import { NO_EXPANSION, parseAddress, withOpen } from './expansion.ts';
import { TreeRows, type TreeInput } from './tree-rows.ts';
import { leafText, searchTree } from './tree-search.ts';

function inputOf(before: Value, after: Value): TreeInput {
  const { marks } = compareStates(before, after);
  const shape = { before, after, marks, opening: marks, lineChars: 20 };
  return { ...shape, filter: 'all', expansion: NO_EXPANSION };
}

function search(input: TreeInput, query: string): readonly string[] {
  return [...searchTree(input, query)].filter((id) => id !== undefined);
}

/** Every row of the opened tree, tested one by one and at every place of its path. */
function bruteForce(start: TreeInput, query: string): readonly string[] {
  const found: string[] = [];
  let input = start;
  for (let at = 0, rows = new TreeRows(input); at < rows.length; at += 1) {
    const row = rows.at(at);
    const path = row.segment === undefined ? '' : formatPath(row.path).toLowerCase();
    const parent = row.path.length <= 1 ? '' : formatPath(row.path.slice(0, -1)).toLowerCase();
    const isInPath = Array.from(path, (_, from) => from).some(
      (from) => path.startsWith(query, from) && from + query.length > parent.length,
    );
    const isInValue = [row.value, ...(row.sign === 'changed' ? [row.before] : [])].some(
      (value) => !isContainer(value) && leafText(value).toLowerCase().includes(query),
    );
    if (isInPath || isInValue) found.push(row.id);
    if (!row.canExpand || row.isExpanded || typeof row.value === 'string') continue;
    input = { ...input, expansion: withOpen(input.expansion, parseAddress(row.id), true) };
    rows = new TreeRows(input);
  }
  return found;
}

describe('searchTree', () => {
  const states = fc.oneof(
    versions,
    values.map((state) => [state, state] as const),
  );
  const queries = fc.constantFrom('a', '1', '[', '.a', 'x', '"', 'null', '[1]', 'list[0]', 'n');

  it('finds the same rows as a search through every row, in the same order', () => {
    fc.assert(
      fc.property(states, queries, ([before, after], query) => {
        const input = inputOf(before, after);
        expect(search(input, query)).toEqual(bruteForce(input, query));
      }),
    );
  });

  it('finds a character by itself, and as the rows show it', () => {
    const state = { name: 'pay\u202eload', ['k\u200b']: 1, plain: String.raw`\u202e` };
    const input = inputOf(state, state);
    const rows = search(input, '\u202e');
    expect(rows).toHaveLength(1);
    expect(search(input, String.raw`pay\u202E`)).toEqual(rows);
    expect(search(input, String.raw`\u202e`)).toHaveLength(2);
    expect(search(input, String.raw`k\u200b`)).toEqual(search(input, 'k\u200b'));
    expect(search(input, 'k\u200b')).toHaveLength(1);
  });

  it('finds paths, values, old values and removed entries, whatever their case', () => {
    const before = { pending: new Map<Value, Value>([[7, { status: 'Open', gone: 5n }]]) };
    const after = { pending: new Map<Value, Value>([[7, { status: 'Closed' }]]) };
    const input = inputOf(before, after);
    expect(search(input, 'PENDING[7]')).toEqual(['."pending"\n@7']);
    expect(search(input, 'open')).toEqual(['."pending"\n@7\n."status"']);
    expect(search(input, 'closed')).toEqual(['."pending"\n@7\n."status"']);
    expect(search(input, '5n')).toEqual(['."pending"\n@7\n."gone"']);
    expect(search(input, '')).toEqual([]);
  });
});
