import { describe, expect, it } from 'vitest';
import { compareStates } from './comparison.ts';
import { NO_EXPANSION } from './expansion.ts';
import { keyAction } from './tree-keys.ts';
import { TreeRows } from './tree-rows.ts';

const state = { a: { b: { c: 1 } }, d: 2 };
const { marks } = compareStates(state, state);
const rows = new TreeRows({
  before: state,
  after: state,
  marks,
  opening: marks,
  filter: 'all',
  expansion: NO_EXPANSION,
  lineChars: 20,
});
const [A, B, D] = [0, 1, 2];

function press(key: string, index: number, modifier: { ctrlKey?: boolean } = {}): unknown {
  const none = { code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return keyAction({ key, ...none, ...modifier }, rows, index, 10);
}

describe('keyAction', () => {
  it('moves up and down, and not beyond the ends', () => {
    expect(press('ArrowDown', A)).toEqual({ kind: 'move', index: B });
    expect(press('ArrowUp', A)).toBeUndefined();
    expect(press('ArrowDown', D)).toBeUndefined();
    expect(press('End', A)).toEqual({ kind: 'move', index: D });
    expect(press('Home', A)).toBeUndefined();
    expect(press('PageDown', A)).toEqual({ kind: 'move', index: D });
    expect(press('PageUp', B)).toEqual({ kind: 'move', index: A });
  });

  it('opens, goes in, closes and goes out', () => {
    expect(press('ArrowRight', A)).toEqual({ kind: 'move', index: B });
    expect(press('ArrowRight', B)).toEqual({ kind: 'toggle' });
    expect(press('ArrowLeft', B)).toEqual({ kind: 'move', index: A });
    expect(press('ArrowLeft', A)).toEqual({ kind: 'toggle' });
    expect(press('Enter', B)).toEqual({ kind: 'toggle' });
  });

  it('leaves the keys that do nothing here to the window', () => {
    expect(press('ArrowRight', D)).toBeUndefined();
    expect(press('ArrowLeft', D)).toBeUndefined();
    expect(press('Enter', D)).toBeUndefined();
    expect(press('c', D, { ctrlKey: true })).toBeUndefined();
    expect(press('toString', D)).toBeUndefined();
  });

  it('has keys for the actions of a row', () => {
    expect(['p', 'w', 'h', 'e', 's', 'c', 'C'].map((key) => press(key, D))).toEqual(
      ['pin', 'findWriter', 'showHistory', 'watch', 'onlyChanges', 'copyValue', 'copyPath'].map(
        (kind) => ({
          kind,
        }),
      ),
    );
  });
});
