import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import { containerOf } from './container.ts';
import { findPath } from './find-path.ts';
import { formatPath, type Path } from './path.ts';
import type { Value } from './value.ts';

function pathsIn(value: Value, path: Path = []): readonly Path[] {
  const container = containerOf(value);
  const inside = container
    ? Array.from(container.entries()).flatMap(([segment, item]) =>
        pathsIn(item, [...path, segment]),
      )
    : [];
  return [path, ...inside];
}

describe('the path of a text', () => {
  it('is that of a member with this text', () => {
    fc.assert(
      fc.property(values, (value) => {
        for (const path of pathsIn(value)) {
          const text = formatPath(path);
          const found = findPath(value, text);
          expect(found && formatPath(found)).toBe(text);
        }
      }),
    );
  });

  it('is missing where there is no such member', () => {
    const state = { rooms: new Map([[1, { guest: 'Ada' }]]) };
    expect(findPath(state, 'rooms[1].guest')).toEqual(['rooms', { mapKey: 1 }, 'guest']);
    expect(findPath(state, 'rooms["1"].guest')).toBeUndefined();
    expect(findPath(state, 'rooms[1].guests')).toBeUndefined();
  });
});
