import { describe, expect, it } from 'vitest';
import { askMeant, chooseAmong } from './choices.ts';

describe('a name that is none of those there are', () => {
  const names = ['none', 'crashes', 'chaos', 'mixed-operations', 'High contention'];

  it.each([
    ['chaso', 'chaos'],
    ['NONE', 'none'],
    ['crash', 'crashes'],
    ['mixed', 'mixed-operations'],
    ['high-contention', 'High contention'],
  ])('%s is answered by %s', (given, meant) => {
    expect(askMeant(given, names)).toBe(`Did you mean "${meant}"? `);
  });

  it.each(['weather', 'xy', '', 'o'])('"%s" is answered by all of them', (given) => {
    expect(chooseAmong(given, names)).toBe(`Choose one of: ${names.join(', ')}.`);
  });

  it('has no answer where there are none', () => {
    expect(chooseAmong('x', [])).toBe('It has none.');
  });
});
