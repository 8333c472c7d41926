import { describe, expect, it, vi } from 'vitest';
import { TimelineView } from './timeline-view.ts';

const run = {};

function viewOf(lengthSteps: number): TimelineView {
  const view = new TimelineView();
  view.follow(run, lengthSteps);
  return view;
}

describe('TimelineView', () => {
  it('shows the whole trace, and goes on to while it grows', () => {
    const view = viewOf(100);
    expect(view.getSnapshot()).toMatchObject({ startAt: -1, endAt: 100, isFitted: true });
    view.follow(run, 250);
    expect(view.getSnapshot()).toMatchObject({ startAt: -1, endAt: 250, isFitted: true });
  });

  it('stays where it is while the trace grows, once the person zoomed', () => {
    const view = viewOf(100);
    view.show({ startAt: 10, endAt: 20 });
    view.follow(run, 250);
    expect(view.getSnapshot()).toMatchObject({ startAt: 10, endAt: 20, isFitted: false });
  });

  it('follows again after the person zoomed all the way out', () => {
    const view = viewOf(100);
    view.zoomIn();
    view.zoomOut();
    view.follow(run, 250);
    expect(view.getSnapshot()).toMatchObject({ endAt: 250, isFitted: true });
  });

  it('begins fitted with another run', () => {
    const view = viewOf(100);
    view.show({ startAt: 10, endAt: 20 });
    view.follow({}, 500);
    expect(view.getSnapshot()).toMatchObject({ startAt: -1, endAt: 500, isFitted: true });
  });

  it('shows what was shown before, once the trace has come that far', () => {
    const view = new TimelineView();
    view.await({ startAt: 100, endAt: 200 });
    view.follow(run, 150);
    expect(view.getSnapshot()).toMatchObject({ startAt: -1, endAt: 150, isFitted: true });
    view.follow(run, 250);
    expect(view.getSnapshot()).toMatchObject({ startAt: 100, endAt: 200, isFitted: false });
    view.fit();
    view.follow(run, 300);
    expect(view.getSnapshot()).toMatchObject({ endAt: 300, isFitted: true });
  });

  it('shows that no more when the person or another run has shown something else', () => {
    const view = new TimelineView();
    view.await({ startAt: 100, endAt: 200 });
    view.follow(run, 50);
    view.show({ startAt: 10, endAt: 20 });
    view.follow(run, 250);
    expect(view.getSnapshot()).toMatchObject({ startAt: 10, endAt: 20 });
    view.await({ startAt: 100, endAt: 200 });
    view.follow(run, 50);
    view.follow({}, 250);
    expect(view.getSnapshot()).toMatchObject({ startAt: -1, endAt: 250, isFitted: true });
  });

  it('zooms around the cursor where that is visible', () => {
    const view = viewOf(999);
    view.moveCursor(99);
    view.zoomIn();
    const { startAt, endAt } = view.getSnapshot();
    expect(endAt - startAt).toBe(500);
    expect((99.5 - startAt) / 500).toBeCloseTo((99.5 + 1) / 1000);
  });

  it('keeps a visible cursor visible, near an edge as well', () => {
    const view = viewOf(1177);
    view.moveCursor(28);
    for (let times = 0; times < 8; times += 1) view.zoomIn();
    const { startAt, endAt } = view.getSnapshot();
    expect(endAt - startAt).toBeLessThan(5);
    expect(startAt).toBeLessThanOrEqual(28);
    expect(endAt).toBeGreaterThanOrEqual(29);
  });

  it('follows a cursor that leaves the visible range, by gliding', () => {
    const view = viewOf(1000);
    view.show({ startAt: 100, endAt: 200 });
    view.moveCursor(150);
    expect(view.getSnapshot()).toMatchObject({ startAt: 100, motion: 'jump' });
    view.moveCursor(200);
    expect(view.getSnapshot()).toMatchObject({ startAt: 116, motion: 'glide' });
  });

  it('notifies its listeners of changes only', () => {
    const view = viewOf(100);
    const listener = vi.fn<() => void>();
    const unsubscribe = view.subscribe(listener);
    view.fit();
    view.reveal(50);
    expect(listener).not.toHaveBeenCalled();
    view.zoomIn();
    expect(listener).toHaveBeenCalledTimes(1);
    unsubscribe();
    view.fit();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
