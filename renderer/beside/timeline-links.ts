import type { Alignment, Side } from '../../core/trace/alignment.ts';
import { readPalette, watchTheme } from '../timeline/palette.ts';
import type { Viewport } from '../timeline/viewport.ts';
import { drawLinks } from './draw-links.ts';

/** What the links show, beside what the two timelines show at the moment. */
interface Shown {
  readonly alignment: Alignment | undefined;
  readonly cursors: { readonly a: number; readonly b: number };
}

/** Draws the links between two timelines whenever one of them is drawn. */
export class TimelineLinks {
  #canvas: HTMLCanvasElement | undefined;
  readonly #viewports: Partial<Record<Side, Viewport>> = {};
  #shown: Shown | undefined;
  #frame = 0;

  /** Takes what a timeline shows now, also on its way to another range. */
  readonly follow = (side: Side, viewport: Viewport): void => {
    this.#viewports[side] = viewport;
    this.#schedule();
  };

  show(shown: Shown): void {
    this.#shown = shown;
    this.#schedule();
  }

  /** Draws on a canvas until the returned function is called. */
  mount(canvas: HTMLCanvasElement): () => void {
    this.#canvas = canvas;
    const schedule = () => this.#schedule();
    const unwatch = watchTheme(schedule);
    const resizes = new ResizeObserver(schedule);
    resizes.observe(canvas);
    schedule();
    return () => {
      unwatch();
      resizes.disconnect();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#canvas = undefined;
    };
  }

  #schedule(): void {
    if (!this.#canvas || this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const canvas = this.#canvas;
    const { a, b } = this.#viewports;
    const ctx = canvas?.getContext('2d');
    if (!canvas || !ctx) return;
    const ratio = window.devicePixelRatio;
    const [widthPx, heightPx] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(widthPx * ratio);
    canvas.height = Math.round(heightPx * ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!a || !b || !this.#shown?.alignment) return;
    const { alignment, cursors } = this.#shown;
    const palette = readPalette(canvas);
    drawLinks({ ctx, palette, widthPx, heightPx, a, b, alignment, cursors });
  }
}
