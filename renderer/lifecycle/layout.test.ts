import type { Point } from '@dagrejs/dagre';
import { describe, expect, it } from 'vitest';
import { lifecyclesOfTally } from '../../core/sweep/phase-tally.ts';
import { book, desk, doubled, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { lifecyclesOfRun } from '../../core/trace/records/lifecycle.ts';
import { findTransitions, phasedKinds } from '../../core/trace/records/phases.ts';
import { StepSet } from '../session/step-set.ts';
import { drawnOfRun, drawnOfSweep } from './drawn.ts';
import { flowEdges, flowNodes } from './flow-items.ts';
import { layOutLifecycle, NEW_ID, phaseId } from './layout.ts';
import { withSwept } from './with-swept.ts';

const declared: typeof desk = {
  ...desk,
  records: {
    hold: {
      at: ['holds', '*'],
      phase: 'status',
      transitions: { waiting: ['done'], done: [], refund: ['waiting'] },
    },
  },
};
const trace = traceOf([book('A'), book('B'), paid(1), doubled(1), paid(2)], 'none', declared);
const seen = [...findTransitions(trace, { from: 0 })]
  .flatMap((part) => part?.transitions ?? [])
  .map((one) => ({ ...one, steps: StepSet.EMPTY.with(one.steps) }));
const [lifecycle] = lifecyclesOfRun(trace, seen);
if (!lifecycle) throw new Error('the desk has a lifecycle');
const labels = lifecycle.transitions.map(() => '1');

describe('the layout of a lifecycle', () => {
  it.each([false, true])('has a place for every phase and arrow (upright: %s)', (isUpright) => {
    const { nodes, arrows, bounds } = layOutLifecycle(lifecycle, labels, isUpright);
    expect([...nodes.keys()].toSorted()).toEqual(
      [NEW_ID, ...['waiting', 'done', 'refund'].map(phaseId)].toSorted(),
    );
    expect(arrows).toHaveLength(lifecycle.transitions.length);
    for (const { path, label } of arrows) {
      expect(path).toMatch(/^M[\d.,-]+[QL]/);
      expect(label.x).toBeGreaterThan(0);
      expect(label.x).toBeLessThan(bounds.width);
    }
    const along = (id: string) => nodes.get(id)?.[isUpright ? 'y' : 'x'] ?? Number.NaN;
    expect(along(NEW_ID)).toBeLessThan(along(phaseId('done')));
  });
});

/** Points along a path of straight lines and quadratic curves. */
function alongPath(path: string): readonly Point[] {
  const numbers = path.match(/-?[\d.]+/g)?.map(Number) ?? [];
  const [x = 0, y = 0, ...rest] = numbers;
  let from: Point = { x, y };
  const points = [from];
  while (rest.length >= 4) {
    const [bendX = 0, bendY = 0, toX = 0, toY = 0] = rest.splice(0, 4);
    for (let share = 0.05; share < 1.01; share += 0.05) {
      const [a, b, c] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
      points.push({
        x: a * from.x + b * bendX + c * toX,
        y: a * from.y + b * bendY + c * toY,
      });
    }
    from = { x: toX, y: toY };
  }
  return points;
}

it.each([false, true])(
  'has each label on its arrow, however that bends (upright: %s)',
  (isUpright) => {
    const names = ['AwaitingPreauth', 'SlotConfirmed', 'SlotTaken', 'NoSlot'];
    const pairs = [
      [null, 'AwaitingPreauth'],
      ['AwaitingPreauth', 'SlotConfirmed'],
      ['AwaitingPreauth', 'SlotTaken'],
      ['AwaitingPreauth', 'NoSlot'],
      ['SlotConfirmed', 'SlotTaken'],
      ['SlotConfirmed', 'NoSlot'],
      ['SlotTaken', 'NoSlot'],
      ['NoSlot', 'SlotConfirmed'],
      ['NoSlot', 'SlotTaken'],
    ] as const;
    const tangled = {
      ...lifecycle,
      phases: names.map((name) => ({ name, atStart: 0 })),
      transitions: pairs.map(([from, to]) => ({ from, to, verdict: 'seen' }) as const),
    };
    const { arrows } = layOutLifecycle(
      tangled,
      pairs.map(() => '1 803'),
      isUpright,
    );
    for (const { path, label } of arrows) {
      const away = alongPath(path).map(({ x, y }) => Math.hypot(x - label.x, y - label.y));
      expect(Math.min(...away)).toBeLessThan(4);
    }
  },
);

describe('the lifecycle at a step', () => {
  const layout = layOutLifecycle(lifecycle, labels, false);
  const at = (cursor: number, searched = trace.length) =>
    drawnOfRun(lifecycle, { cursor, searched, seek: () => {}, sweptSeeds: undefined });
  const nowAt = (cursor: number, searched = trace.length) =>
    Object.fromEntries(
      flowNodes(at(cursor, searched), layout).flatMap((node) =>
        node.type === 'phase' ? [[node.data.phase.name, node.data.phase.badge]] : [],
      ),
    );
  const litAt = (cursor: number) =>
    flowEdges(at(cursor), layout)
      .filter(({ data }) => data?.transition.isLit)
      .map(({ id }) => id);

  it('counts the records in each phase', () => {
    expect(nowAt(-1)).toEqual({ waiting: '0', done: '0', refund: '0' });
    expect(nowAt(1)).toEqual({ waiting: '2', done: '0', refund: '0' });
    expect(nowAt(3)).toEqual({ waiting: '1', done: '0', refund: '1' });
    expect(nowAt(4)).toEqual({ waiting: '0', done: '1', refund: '1' });
  });

  it('counts nothing where the run is not searched yet', () => {
    expect(nowAt(3, 2)).toEqual({ waiting: '…', done: '…', refund: '…' });
  });

  it('lights the transitions that the step makes', () => {
    expect(litAt(-1)).toEqual([]);
    expect(litAt(1)).toEqual(['new > phase waiting']);
    expect(litAt(3)).toEqual(['phase done > phase refund']);
  });
});

describe('a lifecycle beside that of a sweep', () => {
  const tallied = [
    { kind: 'hold', field: 'status', from: 'waiting', to: 'done' },
    { kind: 'hold', field: 'status', from: 'refund', to: 'waiting' },
  ].map((one) => ({ ...one, count: 70, seeds: 9, first: { seed: '4', stepIndex: 12 } }));
  const [both] = lifecyclesOfRun(trace, withSwept(seen, tallied));
  if (!both) throw new Error('the desk has a lifecycle');

  it('has both counts, also of what only the sweep has seen', () => {
    const place = { cursor: 4, searched: trace.length, seek: () => {}, sweptSeeds: 20 };
    const drawn = drawnOfRun(both, place).transitions;
    const shown = drawn.map(({ from, to, label, besideLabel }) =>
      [from, to, label, besideLabel].join(' '),
    );
    expect(shown).toEqual([
      ' waiting 2 0',
      'waiting done 2 70',
      'done refund 1 0',
      'refund waiting 0 70',
    ]);
    const onlySwept = drawn.at(-1);
    expect(onlySwept?.go).toBeUndefined();
    expect(onlySwept?.text).toBe(
      'refund to waiting: declared, never seen in this run, 70 times in 20 seeds',
    );
  });

  it('opens the first seed that makes a transition', () => {
    const opened: unknown[] = [];
    const [swept] = lifecyclesOfTally({
      kinds: phasedKinds(trace),
      transitions: tallied,
      atStart: [],
      dropped: [],
    });
    if (!swept) throw new Error('the sweep has a lifecycle');
    const { transitions, phases } = drawnOfSweep(swept, 20, (first) => opened.push(first));
    transitions[0]?.go?.('next');
    expect(opened).toEqual([{ seed: '4', stepIndex: 12 }]);
    expect(transitions[0]?.text).toBe(
      'waiting to done: 70 times in 9 of 20 seeds, first at step 12 of seed 4',
    );
    expect(phases.map(({ name, badge }) => `${name} ${badge}`)).toContain('waiting 70');
  });
});
