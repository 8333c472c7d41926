import { describe, expect, test } from 'vitest';
import { formatPath } from '../../value/path.ts';
import { namedEntries } from './named-entries.ts';

const state = {
  bookings: new Map([
    ['Monday 15:00', {}],
    ['Monday 15:15', {}],
    ['Monday', {}],
    ['order-1', {}],
    ['C++ (old)', {}],
  ]),
  pending: new Map([
    [1, {}],
    [15, {}],
    [30, {}],
  ]),
};

const named = (text: string): string[] =>
  namedEntries(state, text).map(({ path }) => formatPath(path));

describe('entries that a message names', () => {
  test('are found in the order of the text', () => {
    expect(named('request 30 is confirmed, but Monday 15:00 is not booked')).toEqual([
      'pending[30]',
      'bookings["Monday 15:00"]',
    ]);
  });

  test('are whole words: neither a number in a time nor a shorter key in a longer one', () => {
    expect(named('Monday 15:00 overlaps Monday 15:15')).toEqual([
      'bookings["Monday 15:00"]',
      'bookings["Monday 15:15"]',
    ]);
    expect(named('order-12 and 150')).toEqual([]);
    expect(named('order-1 failed')).toEqual(['bookings["order-1"]']);
  });

  test('may hold any characters', () => {
    expect(named('C++ (old) is taken')).toEqual(['bookings["C++ (old)"]']);
  });
});
