import type { Alignment } from '../../core/trace/compare/alignment.ts';
import type { Side } from '../../core/trace/compare/stretches.ts';
import { mountDrawing, type Drawing, type Surface } from '../timeline/drawing.ts';
import type { Viewport } from '../timeline/viewport.ts';
import { drawLinks } from './draw-links.ts';

/** What the links show, beside what the two timelines show at the moment. */
interface Shown {
  readonly alignment: Alignment | undefined;
  readonly cursors: { readonly a: number; readonly b: number };
}

/** Draws the links between two timelines whenever one of them is drawn. */
export class TimelineLinks {
  #drawing: Drawing | undefined;
  readonly #viewports: Partial<Record<Side, Viewport>> = {};
  #shown: Shown | undefined;

  /** Takes what a timeline shows now, also on its way to another range. */
  readonly follow = (side: Side, viewport: Viewport): void => {
    this.#viewports[side] = viewport;
    this.#drawing?.schedule();
  };

  show(shown: Shown): void {
    this.#shown = shown;
    this.#drawing?.schedule();
  }

  /** Draws on a canvas until the returned function is called. */
  mount(canvas: HTMLCanvasElement): () => void {
    const drawing = mountDrawing(canvas, (surface) => this.#draw(surface));
    this.#drawing = drawing;
    return () => {
      drawing.unmount();
      this.#drawing = undefined;
    };
  }

  #draw(surface: Surface): void {
    const { a, b } = this.#viewports;
    if (!a || !b || !this.#shown?.alignment) return;
    const { alignment, cursors } = this.#shown;
    drawLinks({ ...surface, a, b, alignment, cursors });
  }
}
