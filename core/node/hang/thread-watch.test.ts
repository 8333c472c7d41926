import { expect, it } from 'vitest';
import { watchAllThreads } from './start-watching.ts';
import { ThreadWatch } from './thread-watch.ts';

it('time in which none of the code of a machine file is executed does not count', async () => {
  await watchAllThreads();
  const watch = new ThreadWatch(() => undefined, { limitMs: 100, hasScript: true });
  const watched = await watch.over(async (beat) => {
    beat.isStepping = true;
    const endMs = performance.now() + 1_500;
    while (performance.now() < endMs);
    beat.isStepping = false;
    return 'made a line of it';
  });
  expect(watched).toEqual({ kind: 'ended', value: 'made a line of it' });
});
