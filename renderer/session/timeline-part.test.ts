import { afterEach, expect, it, vi } from 'vitest';
import { session } from './store.ts';
import { timelinePart, type RangeView } from './timeline-part.ts';

const awaited = vi.fn<RangeView['await']>();
let range = { startAt: 10, endAt: 20, isFitted: false };
const part = timelinePart({
  getSnapshot: () => range,
  await: awaited,
  subscribe: () => () => undefined,
});

afterEach(() => {
  awaited.mockReset();
  session.setState(session.getInitialState());
});

it('comes back with the run that was on the screen', () => {
  session.setState({ runId: 'a' });
  const kept: unknown = JSON.parse(JSON.stringify(part.keep()));
  session.setState({ runId: undefined });
  part.recall(kept);
  expect(awaited).not.toHaveBeenCalled();
  session.setState({ runId: 'a' });
  expect(awaited.mock.calls[0]?.[0]).toMatchObject({ startAt: 10, endAt: 20 });
});

it('does not come back with another run, from nonsense, or when all was shown', () => {
  part.recall({ runId: 'a', startAt: 10, endAt: 20 });
  part.recall({ runId: 1 });
  part.recall(undefined);
  session.setState({ runId: 'b' });
  session.setState({ runId: 'a' });
  expect(awaited).not.toHaveBeenCalled();
  range = { ...range, isFitted: true };
  expect(part.keep()).toBeUndefined();
});
