import { describe, expect, it } from 'vitest';
import { rowKeyAction } from './row-keys.ts';

const NO_KEYS = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

function press(key: string, held: Partial<typeof NO_KEYS> = {}, active = 5, hasSelection = false) {
  return rowKeyAction({ ...NO_KEYS, ...held, key }, active, 100, 10, hasSelection);
}

describe('keys in the list of steps', () => {
  it('move the active row within the list', () => {
    expect(press('ArrowDown')).toEqual({ kind: 'move', index: 6, isExtending: false });
    expect(press('PageUp')).toEqual({ kind: 'move', index: 0, isExtending: false });
    expect(press('End')).toMatchObject({ index: 99 });
  });

  it('extend the choice with Shift', () => {
    expect(press('ArrowUp', { shiftKey: true })).toMatchObject({ index: 4, isExtending: true });
  });

  it('go, choose all, copy, and give the choice up', () => {
    expect(press('Enter')).toEqual({ kind: 'go' });
    expect(press('a', { ctrlKey: true })).toEqual({ kind: 'all' });
    expect(press('c', { metaKey: true })).toEqual({ kind: 'copy' });
    expect(press('Escape', {}, 5, true)).toEqual({ kind: 'leave' });
    expect(press('Enter', { shiftKey: true }, 5, true)).toEqual({ kind: 'compare' });
    expect(press('Enter', { shiftKey: true })).toEqual({ kind: 'go' });
  });

  it('leave the rest to the window', () => {
    expect(press('Escape')).toBeUndefined();
    expect(press('ArrowRight')).toBeUndefined();
    expect(press('f')).toBeUndefined();
    expect(rowKeyAction({ ...NO_KEYS, key: 'ArrowDown' }, -1, 0, 10, false)).toBeUndefined();
  });
});
