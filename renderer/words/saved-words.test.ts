import { describe, expect, it } from 'vitest';
import type { Rerun } from '../../core/trace/compare/rerun.ts';
import { briefOfLater, briefOfSequel, describeSequel, inkOfSequel } from './saved-words.ts';

const GONE: Rerun = {
  leftOut: 2,
  causes: [{ cause: '["invariant","n is small","x"]', name: 'n is small', before: 4 }],
  added: [],
};

describe('what a run comes to with a source that was saved', () => {
  it('is said in words and in an ink', () => {
    const sequel = { kind: 'ended', rerun: GONE } as const;
    expect(describeSequel(sequel)).toBe(
      'With the source that was saved: finding gone. 2 steps of it no longer take place.',
    );
    expect([briefOfSequel(sequel), inkOfSequel(sequel)]).toEqual(['finding gone', 'ink-ok']);
    expect(briefOfLater(sequel)).toBe('gone after the change');
  });

  it('says so and is muted if the source was saved again since', () => {
    const sequel = { kind: 'ended', rerun: GONE, isEarlier: true } as const;
    expect(describeSequel(sequel)).toMatch(/^With a source that was saved before: finding gone\./);
    expect([briefOfSequel(sequel), inkOfSequel(sequel)]).toEqual([
      'finding gone, with an earlier source',
      'muted',
    ]);
  });
});
