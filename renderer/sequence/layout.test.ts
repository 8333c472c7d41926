import { describe, expect, it } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { sequenceOf } from '../../core/trace/sequence.ts';
import { ACTIONS_PER_ROW_MAX, layOutSequence, placeLanes } from './layout.ts';

describe('the lanes', () => {
  it('are in their order, and grow with the room', () => {
    for (const roomPx of [0, 500, 800, 2_000]) {
      const { xPx, band, widthPx } = placeLanes(3, roomPx);
      expect(xPx).toEqual(xPx.toSorted((a, b) => a - b));
      expect(xPx[1]).toBeLessThan(band.leftPx);
      expect(xPx[3]).toBeGreaterThan(band.rightPx);
      expect(widthPx).toBeGreaterThanOrEqual(roomPx);
    }
    expect(placeLanes(3, 0).widthPx).toBeLessThan(600);
  });
});

describe('the rows', () => {
  // A step that emits two actions, steps that are left out, and the result.
  const trace = traceOf([book('A'), nothing, nothing, paid(1)]);
  const layout = layOutSequence(sequenceOf(trace, [0, 3]), 800);

  it('have a line for each action, and room for what is left out before them', () => {
    const [first, second] = layout.rows;
    expect(first?.heightPx).toBeGreaterThan(second?.heightPx ?? 0);
    expect(second?.topPx).toBeGreaterThan((first?.topPx ?? 0) + (first?.heightPx ?? 0));
    expect(layout.heightPx).toBe((second?.topPx ?? 0) + (second?.heightPx ?? 0));
  });

  it('give a result its way from the action that it answers', () => {
    const action = layout.messages.findLast(({ message }) => message.kind === 'action');
    const result = layout.messages.find(({ message }) => message.kind === 'result');
    expect(result).toMatchObject({ yPx: layout.rows[1]?.axisPx, isCutOff: false });
    const fromPx = result && 'fromPx' in result ? result.fromPx : undefined;
    expect(fromPx).toBeGreaterThan(action?.yPx ?? 0);
    expect(fromPx).toBeLessThan(layout.rows[1]?.topPx ?? 0);
  });

  it('cut off the way of a result whose action has no row', () => {
    const { messages } = layOutSequence(sequenceOf(trace, [2, 3]), 800);
    const result = messages.find(({ message }) => message.kind === 'result');
    expect(result).toMatchObject({ fromPx: 0, isCutOff: true });
  });

  it('hold a limited number of actions, and count the others', () => {
    const sequence = sequenceOf(trace, [0]);
    const actions = sequence.messages.filter(({ kind }) => kind === 'action').slice(0, 1);
    const many = Array.from({ length: ACTIONS_PER_ROW_MAX + 3 }, () =>
      actions.map((action) => ({ ...action })),
    ).flat();
    const { rows, messages } = layOutSequence({ ...sequence, messages: many }, 800);
    expect(rows[0]?.actionsLeftOut).toBe(3);
    expect(messages).toHaveLength(ACTIONS_PER_ROW_MAX);
  });
});
