import { expect, it } from 'vitest';
import { findMistyped } from './members.ts';

const method = () => undefined;
const external = { receive: method };

it.each([
  ['external', { recieve: method }, 'recieve', 'receive'],
  ['external', { recv: method, Receive: method }, 'Receive', 'receive'],
  ['external', { ...external, setled: {} }, 'setled', 'settled'],
  ['external', { ...external, ploll: 1, opll: method }, 'opll', 'poll'],
  ['driver', { nxt: method, observe: method, tallies: method }, 'nxt', 'next'],
  ['driver', { next: method, observe: method, tallys: method }, 'tallys', 'tallies'],
  ['scenario', { name: '', description: '', defaults: {}, strat: method }, 'strat', 'start'],
  ['machine', { sft: method }, 'sft', 'stf'],
  ['machine', { invariant: {} }, 'invariant', 'invariants'],
  ['defaults', { seed: '1', operation: 9 }, 'operation', 'operations'],
] as const)('names what is mistyped in %s: %o', (kind, given, written, meant) => {
  expect(findMistyped(given, kind, 'It')).toBe(
    `It has \`${written}\`, which means nothing there. Did you mean \`${meant}\`?`,
  );
});

it('finds the methods of a class', () => {
  class Systems {
    recieve(): void {}
  }
  expect(findMistyped(new Systems(), 'external', 'It')).toContain('Did you mean `receive`?');
});

it.each([
  ['external', external],
  // Helpers and fields of its own, of which some look like a member that may be missing.
  ['external', { ...external, received: [], pull: method, roll: method, settling: 3, pool: [] }],
  ['driver', { next: method, observe: method, tallies: method, externals: 3, cope: method }],
  ['external', Object.create(null)],
] as const)('finds nothing in %s: %o', (kind, given) => {
  expect(findMistyped(given, kind, 'It')).toBeUndefined();
});
