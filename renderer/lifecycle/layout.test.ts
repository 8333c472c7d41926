import { describe, expect, it } from 'vitest';
import { book, desk, doubled, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { lifecyclesOfRun } from '../../core/trace/lifecycle.ts';
import { findTransitions } from '../../core/trace/phases.ts';
import { StepSet } from '../session/step-set.ts';
import { flowEdges, flowNodes } from './flow-items.ts';
import { layOutLifecycle, NEW_ID, phaseId } from './layout.ts';

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

describe('the layout of a lifecycle', () => {
  it.each([false, true])('has a place for every phase and arrow (upright: %s)', (isUpright) => {
    const { nodes, arrows, bounds } = layOutLifecycle(lifecycle, isUpright);
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

describe('the lifecycle at a step', () => {
  const layout = layOutLifecycle(lifecycle, false);
  const nowAt = (cursor: number, searched = trace.length) =>
    Object.fromEntries(
      flowNodes(lifecycle, layout, cursor, searched).flatMap((node) =>
        node.type === 'phase' ? [[node.data.phase.name, node.data.now]] : [],
      ),
    );
  const litAt = (cursor: number) =>
    flowEdges(lifecycle, layout, cursor)
      .filter(({ data }) => data?.isLit)
      .map(({ id }) => id);

  it('counts the records in each phase', () => {
    expect(nowAt(-1)).toEqual({ waiting: 0, done: 0, refund: 0 });
    expect(nowAt(1)).toEqual({ waiting: 2, done: 0, refund: 0 });
    expect(nowAt(3)).toEqual({ waiting: 1, done: 0, refund: 1 });
    expect(nowAt(4)).toEqual({ waiting: 0, done: 1, refund: 1 });
  });

  it('counts nothing where the run is not searched yet', () => {
    expect(nowAt(3, 2)).toEqual({ waiting: undefined, done: undefined, refund: undefined });
  });

  it('lights the transitions that the step makes', () => {
    expect(litAt(-1)).toEqual([]);
    expect(litAt(1)).toEqual(['new > phase waiting']);
    expect(litAt(3)).toEqual(['phase done > phase refund']);
  });
});
