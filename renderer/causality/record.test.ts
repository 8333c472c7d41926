import { expect, test } from 'vitest';
import { needleOf, recordOf, touches } from './record.ts';

test('a record ends with the first entry of a container, or with the second name', () => {
  const hold = { mapKey: 3 };
  expect(recordOf(['holds', hold, 'status'])).toEqual(['holds', hold]);
  expect(recordOf(['day', 'holds', hold, 'status'])).toEqual(['day', 'holds', hold]);
  expect(recordOf([hold, 'status'])).toEqual([hold]);
  expect(recordOf(['settings', 'theme', 'dark'])).toEqual(['settings', 'theme']);
});

test('a change touches a record that it lies in or that it holds', () => {
  const record = ['holds', { mapKey: 3 }];
  expect(touches(['holds', { mapKey: 3 }, 'status'], record)).toBe(true);
  expect(touches(['holds'], record)).toBe(true);
  expect(touches([], record)).toBe(true);
  expect(touches(['holds', { mapKey: '3' }], record)).toBe(false);
  expect(touches(['rooms'], record)).toBe(false);
});

test('only keys that every writer spells alike can be looked for in a line', () => {
  expect(needleOf(['rooms', { mapKey: 'Room 1' }])).toBe('"Room 1"');
  expect(needleOf(['holds', { mapKey: 3 }])).toBe('3');
  expect(needleOf(['rooms', { mapKey: 'Zürich' }])).toBeUndefined();
  expect(needleOf(['rooms', { mapKey: { floor: 1 } }])).toBeUndefined();
});
