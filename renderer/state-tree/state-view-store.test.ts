import { beforeEach, expect, it } from 'vitest';
import { NO_EXPANSION, withOpen } from './expansion.ts';
import { stateViewsPart, useStateViews } from './state-view-store.ts';

// Other test files leave views in the store, which they share with this one.
beforeEach(() => useStateViews.setState({ views: {} }));

it('brings open and closed rows, pins and the filter back with the session', () => {
  const expansion = withOpen(withOpen(NO_EXPANSION, ['a', '@"b"'], true), ['a'], false);
  const view = { expansion, pins: [['a', { mapKey: 'b' }]], filter: 'changed' } as const;
  useStateViews.getState().update('desk', () => view);
  const kept: unknown = JSON.parse(JSON.stringify(stateViewsPart.keep()));
  useStateViews.setState({ views: {} });
  stateViewsPart.recall(kept);
  expect(useStateViews.getState().views).toEqual({ desk: view });
});

it('reads what an earlier version kept', () => {
  stateViewsPart.recall({ desk: { pins: [], filter: 'all' } });
  const views = { desk: { expansion: NO_EXPANSION, pins: [], filter: 'all' } };
  expect(useStateViews.getState().views).toEqual(views);
});

it('keeps no more rows than a session file should have', () => {
  let expansion = NO_EXPANSION;
  for (let row = 0; row < 5_000; row += 1) expansion = withOpen(expansion, [`row ${row}`], true);
  useStateViews.getState().update('desk', () => ({ expansion }));
  expect(JSON.stringify(stateViewsPart.keep()).length).toBeLessThan(100_000);
});
