import { readPalette, watchTheme, type Palette } from './palette.ts';
import type { Viewport } from './viewport.ts';

/** A canvas to draw on, in CSS pixels, which is empty. */
export interface Surface {
  readonly ctx: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A canvas that is drawn on until it is unmounted. */
export interface Drawing {
  /** Draws in the next frame, once, however often it is asked for. */
  readonly schedule: () => void;
  readonly unmount: () => void;
}

/** Draws on a canvas whenever that is asked for, and when its size or the theme changes. */
export function mountDrawing(canvas: HTMLCanvasElement, draw: (surface: Surface) => void): Drawing {
  let frame = 0;
  const schedule = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const surface = surfaceOf(canvas);
      if (surface) draw(surface);
    });
  };
  const resizes = new ResizeObserver(schedule);
  resizes.observe(canvas);
  const unwatch = watchTheme(schedule);
  schedule();
  return {
    schedule,
    unmount: () => {
      cancelAnimationFrame(frame);
      resizes.disconnect();
      unwatch();
    },
  };
}

/** The canvas at its size and the sharpness of the screen; setting its size empties it. */
function surfaceOf(canvas: HTMLCanvasElement): Surface | undefined {
  const ctx = canvas.getContext('2d');
  if (!ctx) return undefined;
  const ratio = window.devicePixelRatio;
  const [widthPx, heightPx] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(heightPx * ratio);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { ctx, palette: readPalette(canvas), widthPx, heightPx };
}

/** Draws only where the steps of a timeline are. */
export function clipToSteps(
  { ctx, heightPx }: Pick<Surface, 'ctx' | 'heightPx'>,
  { leftPx, rightPx }: Viewport,
  draw: () => void,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(leftPx, 0, rightPx - leftPx, heightPx);
  ctx.clip();
  draw();
  ctx.restore();
}
