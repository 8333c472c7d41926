import { describe, expect, test } from 'vitest';
import { book, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { causalityAround } from '../../core/trace/causality/causality.ts';
import { withContents } from './graph-model.ts';
import { layOut } from './layout.ts';
import { readableViewport, READABLE_ZOOM_MIN, revealing, wholeViewport } from './viewport.ts';

describe('the layout', () => {
  const trace = traceOf([book('Room 1'), book('Room 1b'), paid(1), paid(2)]);
  const graph = withContents(trace, causalityAround(trace, 3));
  const { rects, shapes } = layOut(graph);

  test('puts effects to the right of their causes', () => {
    for (const { from, to } of graph.edges) {
      const [cause, effect] = [rects.get(from), rects.get(to)];
      expect(cause && effect && cause.x + cause.width < effect.x).toBe(true);
    }
  });

  test('keeps nodes apart', () => {
    const all = [...rects.values()];
    for (const [index, a] of all.entries()) {
      for (const b of all.slice(index + 1)) {
        const isApart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(isApart).toBe(true);
      }
    }
  });

  test('makes room for a label', () => {
    const wrote = graph.edges.find(({ kind }) => kind === 'wrote');
    expect(shapes.get(wrote?.id ?? '')?.label).toBeDefined();
  });
});

describe('the viewport', () => {
  const panel = { width: 440, height: 320 };
  const lit = { x: 900, y: 0, width: 100, height: 40 };

  test('shows a small graph in its natural size, in the middle', () => {
    const bounds = { x: 0, y: 0, width: 100, height: 40 };
    expect(readableViewport(bounds, bounds, panel)).toEqual({ zoom: 1, x: 170, y: 148 });
  });

  test('shows the whole graph while its texts can be read', () => {
    const bounds = { x: 0, y: 0, width: 740, height: 40 };
    expect(readableViewport(bounds, lit, panel)).toEqual(wholeViewport(bounds, panel));
  });

  test('stays readable and keeps the lit node in view when the graph does not fit', () => {
    const bounds = { x: 0, y: 0, width: 1000, height: 40 };
    const viewport = readableViewport(bounds, lit, panel);
    expect(viewport.zoom).toBe(READABLE_ZOOM_MIN);
    expect(revealing(viewport, lit, panel)).toBeUndefined();
    expect(wholeViewport(bounds, panel).zoom).toBeLessThan(0.5);
  });

  test('moves no more than it must to reveal a node', () => {
    const start = { x: 0, y: 100, zoom: 1 };
    expect(revealing(start, { x: 50, y: 0, width: 100, height: 40 }, panel)).toBeUndefined();
    expect(revealing(start, lit, panel)).toEqual({ x: 440 - 12 - 1000, y: 100, zoom: 1 });
  });
});
