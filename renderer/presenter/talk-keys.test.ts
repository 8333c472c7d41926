import { expect, it } from 'vitest';
import { talkAction } from './talk-keys.ts';

const press = (key: string, mods = {}) =>
  talkAction({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods });

it('understands keyboards and clickers', () => {
  for (const key of ['PageDown', 'ArrowRight', ' ', 'Enter']) expect(press(key)).toBe('next');
  for (const key of ['PageUp', 'ArrowLeft', 'Backspace']) expect(press(key)).toBe('previous');
  expect(press(' ', { shiftKey: true })).toBe('previous');
  expect([press('Home'), press('End')]).toEqual(['first', 'last']);
  expect([press('b'), press('B', { shiftKey: true }), press('.')]).toEqual([
    'black',
    'black',
    'black',
  ]);
  expect(press('Escape')).toBe('end');
});

it('leaves other keys, and those of the system, alone', () => {
  expect(press('x')).toBeUndefined();
  expect(press('constructor')).toBeUndefined();
  expect(press('ArrowRight', { altKey: true })).toBeUndefined();
  expect(press('p', { ctrlKey: true })).toBeUndefined();
});
