import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIEW_IDS, type ViewId } from '../words/views.ts';
import {
  arrangementFrom,
  close,
  fits,
  focusBeside,
  keepOnly,
  onePane,
  PANE_HEIGHT_MIN_PX,
  PANE_WIDTH_MIN_PX,
  PANES_MAX,
  resize,
  show,
  showIn,
  split,
  splitOf,
  viewsIn,
  type Arrangement,
  type Part,
} from './arrangement.ts';

const beside = (one: Part, other: Part, focused: ViewId): Arrangement => ({
  root: splitOf('beside', [one, other]),
  focused,
});

describe('panes', () => {
  it('divide the one that has the focus', () => {
    const two = split(onePane('state'), 'beside', 'steps');
    expect(two).toEqual(beside('state', 'steps', 'steps'));
    expect(split(two, 'below', 'causality')).toEqual(
      beside('state', splitOf('below', ['steps', 'causality']), 'causality'),
    );
  });

  it('stand in one row when they are divided in the same direction', () => {
    const three = split(split(onePane('state'), 'beside', 'steps'), 'beside', 'causality');
    expect(three.root).toEqual({
      direction: 'beside',
      parts: ['state', 'steps', 'causality'],
      shares: [50, 25, 25],
    });
  });

  it('show a view once: asking for it again moves the focus', () => {
    const two = beside('state', 'steps', 'state');
    expect(show(two, 'steps')).toEqual({ ...two, focused: 'steps' });
    expect(show(two, 'causality')).toEqual(beside('causality', 'steps', 'causality'));
    expect(split(two, 'below', 'steps')).toBe(two);
  });

  it('swap their views when one is given that of the other', () => {
    expect(showIn(beside('state', 'steps', 'state'), 'state', 'steps')).toEqual(
      beside('steps', 'state', 'steps'),
    );
  });

  it('give their room and the focus to a neighbour when they are closed', () => {
    const three = beside('state', splitOf('below', ['steps', 'causality']), 'causality');
    expect(close(three, 'causality')).toEqual(beside('state', 'steps', 'steps'));
    expect(close(three, 'state').root).toEqual(splitOf('below', ['steps', 'causality']));
    expect(close(onePane('state'), 'state')).toEqual(onePane('state'));
  });

  it('keep their sizes in proportion when one of them is closed', () => {
    const row = resize(
      { root: splitOf('beside', ['state', 'steps', 'causality']), focused: 'state' },
      [],
      [20, 20, 60],
    );
    expect(close(row, 'steps').root).toMatchObject({ shares: [25, 75] });
  });

  it('are resized by their path', () => {
    const three = beside('state', splitOf('below', ['steps', 'causality']), 'state');
    expect(resize(three, [1], [30, 70]).root).toMatchObject({
      shares: [50, 50],
      parts: ['state', { shares: [30, 70] }],
    });
    // A number of sizes that belongs to an arrangement before.
    expect(resize(three, [], [30, 30, 40])).toEqual(three);
  });

  it('take turns in having the focus', () => {
    const three = beside('state', splitOf('below', ['steps', 'causality']), 'state');
    const next = focusBeside(three, 1);
    expect(next.focused).toBe('steps');
    expect(focusBeside(focusBeside(next, 1), 1).focused).toBe('state');
    expect(focusBeside(three, -1).focused).toBe('causality');
  });

  it('fit where each has the smallest size in which a view can be read', () => {
    const part = splitOf('beside', ['state', splitOf('below', ['steps', 'causality'])]);
    const least = { widthPx: 2 * PANE_WIDTH_MIN_PX, heightPx: 2 * PANE_HEIGHT_MIN_PX };
    expect(fits(part, least)).toBe(true);
    expect(fits(part, { ...least, widthPx: least.widthPx - 1 })).toBe(false);
    expect(fits(part, { ...least, heightPx: least.heightPx - 1 })).toBe(false);
  });

  it('leave none when none is kept', () => {
    expect(keepOnly(beside('state', 'steps', 'state'), () => false)).toBeUndefined();
  });
});

describe('an arrangement that was kept', () => {
  it('comes back without the views that this version does not know', () => {
    const kept = {
      root: {
        direction: 'beside',
        parts: ['state', { direction: 'below', parts: ['heat map', 'steps'], shares: [50, 50] }],
        shares: [40, 60],
      },
      focused: 'heat map',
    };
    expect(arrangementFrom(kept)).toEqual({
      root: { direction: 'beside', parts: ['state', 'steps'], shares: [40, 60] },
      focused: 'state',
    });
  });

  it('is refused if it is none', () => {
    const nested = { direction: 'beside', parts: [], shares: [] };
    for (const kept of [undefined, 'state', {}, { root: nested, focused: 'state' }]) {
      expect(arrangementFrom(kept)).toBeUndefined();
    }
  });
});

const anyView = fc.constantFrom(...VIEW_IDS);
const anyChange = fc.oneof(
  anyView.map((view) => (from: Arrangement) => show(from, view)),
  fc.tuple(anyView, fc.constantFrom('beside' as const, 'below' as const)).map(
    ([view, direction]) =>
      (from: Arrangement) =>
        split(from, direction, view),
  ),
  anyView.map((view) => (from: Arrangement) => close(from, view)),
  anyView.map((view) => (from: Arrangement) => showIn(from, from.focused, view)),
);

it('whatever is done, an arrangement is sound and comes back from JSON as it was', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 20 }), (changes) => {
      const made = changes.reduce((from, change) => change(from), onePane('state'));
      const views = viewsIn(made.root);
      expect(new Set(views).size).toBe(views.length);
      expect(views.length).toBeLessThanOrEqual(PANES_MAX);
      expect(views).toContain(made.focused);
      expectSound(made.root);
      const back = arrangementFrom(JSON.parse(JSON.stringify(made)));
      expect(back?.focused).toBe(made.focused);
      expect(back && viewsIn(back.root)).toEqual(views);
    }),
  );
});

function expectSound(part: Part): void {
  if (typeof part === 'string') return;
  expect(part.parts.length).toBeGreaterThan(1);
  expect(part.shares).toHaveLength(part.parts.length);
  expect(part.shares.reduce((total, share) => total + share, 0)).toBeCloseTo(100);
  for (const child of part.parts) {
    if (typeof child === 'string') continue;
    expect(child.direction).not.toBe(part.direction);
    expectSound(child);
  }
}
