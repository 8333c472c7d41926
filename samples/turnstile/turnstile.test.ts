import { expect, it } from 'vitest';
import { replaySource } from '../../core/engine/replay.ts';
import { Run } from '../../core/engine/run.ts';
import { machine } from './index.ts';

it('lets one person through for a coin', () => {
  const outcomes: string[] = [];
  const source = replaySource([
    { kind: 'normal', input: 'push' },
    { kind: 'normal', input: 'coin' },
    { kind: 'trackedActionCompleted', id: 1, result: 'unlocked' },
    { kind: 'normal', input: 'push' },
    { kind: 'normal', input: 'push' },
  ]);
  void new Run(machine, source).advance(Number.POSITIVE_INFINITY, ({ outcome }) => {
    outcomes.push(outcome.kind);
  });
  expect(outcomes).toEqual(['err', 'ok', 'ok', 'ok', 'err']);
});
