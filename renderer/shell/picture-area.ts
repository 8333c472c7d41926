import type { Area } from '../../core/contract/picture.ts';

/** The edges of an element in the window, in pixels of the page. */
export type Edges = Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>>;

/**
 * The whole pixels of an element that the window shows: none of a neighbour, of which an edge between two
 * pixels would show a part.
 *
 * @param room the size of the page.
 * @returns `undefined` when nothing of it is seen.
 */
export function areaOf(
  { left, top, right, bottom }: Edges,
  room: { readonly width: number; readonly height: number },
): Area | undefined {
  const x = Math.max(0, Math.ceil(left));
  const y = Math.max(0, Math.ceil(top));
  const width = Math.min(room.width, Math.floor(right)) - x;
  const height = Math.min(room.height, Math.floor(bottom)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
