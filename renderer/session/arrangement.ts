/**
 * How the middle of the window is divided, as plain data: panes that each show a view, beside or
 * below each other. No two panes show the same view, so a view names its pane.
 */
import { z } from 'zod';
import { assert } from '../../core/assert.ts';
import { isViewId, type ViewId } from '../words/views.ts';

export const PANES_MAX = 4;

/** The smallest pane in which a view can be read, in pixels. */
export const PANE_WIDTH_MIN_PX = 340;
export const PANE_HEIGHT_MIN_PX = 200;

export type SplitDirection = 'beside' | 'below';

/** The parts of a split, in order; none of them is a split in the same direction. */
export interface Split {
  readonly direction: SplitDirection;
  readonly parts: readonly Part[];
  /** The size of each part in percent. */
  readonly shares: readonly number[];
}

/** A pane, by its view, or several of them. */
export type Part = ViewId | Split;

export interface Arrangement {
  readonly root: Part;
  /** The pane that commands are for. */
  readonly focused: ViewId;
}

export interface Room {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A single pane. */
export function onePane(view: ViewId): Arrangement {
  return { root: view, focused: view };
}

/** Parts in equal sizes; a split in the same direction becomes part of this one. */
export function splitOf(direction: SplitDirection, parts: readonly Part[]): Split {
  return join(
    direction,
    parts.map((part) => ({ part, share: 100 / parts.length })),
  );
}

/** The views of a part, from left to right and from top to bottom. */
export function viewsIn(part: Part): readonly ViewId[] {
  return typeof part === 'string' ? [part] : part.parts.flatMap(viewsIn);
}

/** The view at the top left of a part. */
export function firstView(part: Part): ViewId {
  const [first] = viewsIn(part);
  assert(first !== undefined, 'a part of an arrangement has a pane');
  return first;
}

/** Shows a view: its pane gets the focus, or the pane with the focus gets this view. */
export function show(arrangement: Arrangement, view: ViewId): Arrangement {
  const { root, focused } = arrangement;
  if (viewsIn(root).includes(view)) return focus(arrangement, view);
  return { root: exchange(root, focused, view), focused: view };
}

/** Shows a view in a pane. If another pane shows it, the two panes swap their views. */
export function showIn(arrangement: Arrangement, pane: ViewId, view: ViewId): Arrangement {
  return { root: exchange(arrangement.root, pane, view), focused: view };
}

/** Gives the focus to the pane of a view. */
export function focus(arrangement: Arrangement, view: ViewId): Arrangement {
  if (arrangement.focused === view || !viewsIn(arrangement.root).includes(view)) return arrangement;
  return { ...arrangement, focused: view };
}

/** Gives the focus to the next pane, or to the previous one (`stride` 1 or -1). */
export function focusBeside(arrangement: Arrangement, stride: 1 | -1): Arrangement {
  const views = viewsIn(arrangement.root);
  const at = views.indexOf(arrangement.focused);
  return focus(
    arrangement,
    views[(at + stride + views.length) % views.length] ?? arrangement.focused,
  );
}

/**
 * Divides the pane that has the focus into two equal halves.
 *
 * @param view what the new pane shows, which gets the focus.
 * @returns the same arrangement if it is full, or shows the view already.
 */
export function split(
  arrangement: Arrangement,
  direction: SplitDirection,
  view: ViewId,
): Arrangement {
  const { root, focused } = arrangement;
  const views = viewsIn(root);
  if (views.length >= PANES_MAX || views.includes(view)) return arrangement;
  const halves = (pane: ViewId): Part =>
    pane === focused ? splitOf(direction, [pane, view]) : pane;
  return { root: replacePanes(root, halves), focused: view };
}

/** Closes the pane of a view; the last one stays. Its neighbour gets the focus. */
export function close(arrangement: Arrangement, view: ViewId): Arrangement {
  return keepOnly(arrangement, (pane) => pane !== view) ?? arrangement;
}

/**
 * Leaves out panes.
 *
 * @returns `undefined` if no pane is left.
 */
export function keepOnly(
  arrangement: Arrangement,
  isKept: (view: ViewId) => boolean,
): Arrangement | undefined {
  const before = viewsIn(arrangement.root);
  if (before.every(isKept)) return arrangement;
  const root = partOf(arrangement.root, isKept);
  if (root === undefined) return undefined;
  const at = before.indexOf(arrangement.focused);
  const nearest =
    before.slice(at).find(isKept) ?? before.slice(0, at).findLast(isKept) ?? firstView(root);
  return { root, focused: nearest };
}

/**
 * Gives the parts of a split new sizes.
 *
 * @param path the index of a part at each level, from the root to the split.
 * @param shares in percent.
 */
export function resize(
  arrangement: Arrangement,
  path: readonly number[],
  shares: readonly number[],
): Arrangement {
  return { ...arrangement, root: resizePart(arrangement.root, path, shares) };
}

/** Whether every pane has at least the smallest size in which a view can be read. */
export function fits(part: Part, { widthPx, heightPx }: Room): boolean {
  const least = leastRoom(part);
  return least.widthPx <= widthPx && least.heightPx <= heightPx;
}

/** The smallest room in which all views of a part can be read. */
export function leastRoom(part: Part): Room {
  if (typeof part === 'string') {
    return { widthPx: PANE_WIDTH_MIN_PX, heightPx: PANE_HEIGHT_MIN_PX };
  }
  const rooms = part.parts.map(leastRoom);
  const widths = rooms.map(({ widthPx }) => widthPx);
  const heights = rooms.map(({ heightPx }) => heightPx);
  return part.direction === 'beside'
    ? { widthPx: sum(widths), heightPx: Math.max(...heights) }
    : { widthPx: Math.max(...widths), heightPx: sum(heights) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function resizePart(part: Part, path: readonly number[], shares: readonly number[]): Part {
  if (typeof part === 'string') return part;
  const [first, ...rest] = path;
  if (first === undefined) return shares.length === part.parts.length ? { ...part, shares } : part;
  const parts = part.parts.map((child, at) =>
    at === first ? resizePart(child, rest, shares) : child,
  );
  return { ...part, parts };
}

function exchange(root: Part, one: ViewId, other: ViewId): Part {
  const swap = (pane: ViewId) => (pane === one ? other : pane === other ? one : pane);
  return replacePanes(root, swap);
}

/** Puts something else in the place of each pane. */
function replacePanes(part: Part, replacement: (view: ViewId) => Part): Part {
  if (typeof part === 'string') return replacement(part);
  return join(
    part.direction,
    sizedParts(part).map(({ part: child, share }) => ({
      part: replacePanes(child, replacement),
      share,
    })),
  );
}

/** What is left of a part; `undefined` if it is nothing. */
function partOf(part: Part, isKept: (view: ViewId) => boolean): Part | undefined {
  if (typeof part === 'string') return isKept(part) ? part : undefined;
  return joinKept(
    part.direction,
    sizedParts(part).map(({ part: child, share }) => ({ part: partOf(child, isKept), share })),
  );
}

interface SizedPart {
  readonly part: Part;
  readonly share: number;
}

function sizedParts({ parts, shares }: Split): readonly SizedPart[] {
  return parts.map((part, at) => ({ part, share: shares[at] ?? 1 }));
}

/** What remains of parts, some of which are no more. */
function joinKept(
  direction: SplitDirection,
  sized: readonly { readonly part: Part | undefined; readonly share: number }[],
): Part | undefined {
  const kept = sized.filter((each): each is SizedPart => each.part !== undefined);
  return kept.length < 2 ? kept[0]?.part : join(direction, kept);
}

/** A split of parts whose sizes are in proportion to their shares. */
function join(direction: SplitDirection, sized: readonly SizedPart[]): Split {
  const flat = sized.flatMap(({ part, share }): readonly SizedPart[] =>
    typeof part === 'string' || part.direction !== direction
      ? [{ part, share }]
      : part.parts.map((child, at) => ({
          part: child,
          share: (share * (part.shares[at] ?? 1)) / 100,
        })),
  );
  const total = sum(flat.map(({ share }) => share));
  return {
    direction,
    parts: flat.map(({ part }) => part),
    shares: flat.map(({ share }) => (share * 100) / total),
  };
}

type KeptPart =
  | string
  | {
      readonly direction: SplitDirection;
      readonly parts: readonly KeptPart[];
      readonly shares: readonly number[];
    };

const keptPart: z.ZodType<KeptPart> = z.union([
  z.string(),
  z.object({
    direction: z.enum(['beside', 'below']),
    parts: z.array(z.lazy(() => keptPart)),
    shares: z.array(z.number().positive()),
  }),
]);
const keptArrangement = z.object({ root: keptPart, focused: z.string() });

/**
 * Reads an arrangement that was kept as JSON. Views that this version does not know are left out.
 *
 * @returns `undefined` if it is not an arrangement, or nothing is left of it.
 */
export function arrangementFrom(kept: unknown): Arrangement | undefined {
  const { data } = keptArrangement.safeParse(kept);
  const root = data && partFrom(data.root, new Set());
  if (root === undefined) return undefined;
  const views = viewsIn(root);
  return { root, focused: views.find((view) => view === data?.focused) ?? firstView(root) };
}

/** @param seen the views so far: each is shown once. */
function partFrom(kept: KeptPart, seen: Set<ViewId>): Part | undefined {
  if (typeof kept === 'string') {
    if (!isViewId(kept) || seen.has(kept) || seen.size >= PANES_MAX) return undefined;
    seen.add(kept);
    return kept;
  }
  return joinKept(
    kept.direction,
    kept.parts.map((child, at) => ({ part: partFrom(child, seen), share: kept.shares[at] ?? 1 })),
  );
}
