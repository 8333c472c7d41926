import { replay } from 'phasmoscope/testing';
import { expect, it } from 'vitest';
import * as turnstile from './index.ts';

it('lets one person through for a coin', async () => {
  const steps = await replay({
    machine: turnstile,
    faults: 'none',
    operations: [
      { kind: 'normal', input: 'push' },
      { kind: 'normal', input: 'coin' },
      { kind: 'trackedActionCompleted', id: 1, result: 'unlocked' },
      { kind: 'normal', input: 'push' },
      { kind: 'normal', input: 'push' },
    ],
  });
  expect(steps.map(({ outcome }) => outcome.kind)).toEqual(['err', 'ok', 'ok', 'ok', 'err']);
});
