import { clamp } from './viewport.ts';

/** A horizontal strip of the timeline. */
export interface Strip {
  readonly topPx: number;
  readonly heightPx: number;
}

export const LANES = ['inputs', 'tracked', 'faults', 'findings'] as const;
export type Lane = (typeof LANES)[number];

/** What is drawn where, in CSS pixels from the top left. */
export interface Layout {
  readonly widthPx: number;
  readonly heightPx: number;
  /** The width of the names on the left. */
  readonly gutterPx: number;
  /** Between these lie the steps that are in view; their neighbours show a little beyond. */
  readonly plotLeftPx: number;
  readonly plotRightPx: number;
  /** Has no height where there is no room for it. */
  readonly overview: Strip;
  readonly axis: Strip;
  readonly lanes: Readonly<Record<Lane, Strip>>;
  /** The strip of the watches' heading, which is empty when nothing is watched. */
  readonly watchesHead: Strip;
  /** The lanes of the watches, in their order. */
  readonly watches: readonly Strip[];
}

/** The width of the names of the lanes. */
export const GUTTER_PX = 128;
/** Room for the left grip of the overview's window. */
const LEFT_PX = 8;
/** Room for the cursor's line at the very end. */
const RIGHT_PX = 12;
const AXIS_PX = 20;
/** The height of the heading over the watches, and of each of their lanes. */
export const WATCHES_HEAD_PX = 20;
export const WATCH_PX = 32;

/** The lanes of watches that are shown: none of them while they are folded. */
export interface WatchLanes {
  readonly isHeadShown: boolean;
  readonly count: number;
}
export const NO_WATCH_LANES: WatchLanes = { isHeadShown: false, count: 0 };

/** The least height of all but the watches. */
export const OWN_PX_MIN = 160;
/** The same where two timelines lie above each other: there is no room for the overview of each. */
export const COMPACT_PX_MIN = 108;
/** A timeline that is lower has no overview, so that its lanes can be read. */
const WITH_OVERVIEW_PX_MIN = 132;

/** The height that the watches take. */
export function watchesHeightPx({ isHeadShown, count }: WatchLanes): number {
  return (isHeadShown ? WATCHES_HEAD_PX : 0) + count * WATCH_PX;
}

/**
 * Divides the height. Every lane but one has a height at which it reads well and little use for
 * more; the tracked actions get the rest, since there can be any number of them.
 */
export function layoutFor(
  widthPx: number,
  totalPx: number,
  watchLanes: WatchLanes = NO_WATCH_LANES,
): Layout {
  const heightPx = totalPx - watchesHeightPx(watchLanes);
  const overviewPx =
    heightPx < WITH_OVERVIEW_PX_MIN ? 0 : Math.round(clamp(heightPx * 0.13, 24, 40));
  const inputsPx = Math.round(clamp(heightPx * 0.21, 36, 72));
  const smallPx = Math.round(clamp(heightPx * 0.09, 16, 24));
  const lanesTopPx = overviewPx + AXIS_PX;
  const trackedPx = Math.max(0, heightPx - lanesTopPx - inputsPx - 2 * smallPx);
  const trackedTopPx = lanesTopPx + inputsPx;
  const faultsTopPx = trackedTopPx + trackedPx;
  return {
    widthPx,
    heightPx: totalPx,
    gutterPx: GUTTER_PX,
    plotLeftPx: GUTTER_PX + LEFT_PX,
    plotRightPx: Math.max(GUTTER_PX + LEFT_PX + 1, widthPx - RIGHT_PX),
    overview: { topPx: 0, heightPx: overviewPx },
    axis: { topPx: overviewPx, heightPx: AXIS_PX },
    lanes: {
      inputs: { topPx: lanesTopPx, heightPx: inputsPx },
      tracked: { topPx: trackedTopPx, heightPx: trackedPx },
      faults: { topPx: faultsTopPx, heightPx: smallPx },
      findings: { topPx: faultsTopPx + smallPx, heightPx: smallPx },
    },
    ...watchStrips(faultsTopPx + 2 * smallPx, watchLanes),
  };
}

function watchStrips(
  topPx: number,
  { isHeadShown, count }: WatchLanes,
): Pick<Layout, 'watchesHead' | 'watches'> {
  const headPx = isHeadShown ? WATCHES_HEAD_PX : 0;
  return {
    watchesHead: { topPx, heightPx: headPx },
    watches: Array.from({ length: count }, (_, at) => ({
      topPx: topPx + headPx + at * WATCH_PX,
      heightPx: WATCH_PX,
    })),
  };
}

/** How the rows of spans lie in their lane. */
export interface RowLayout {
  readonly rowPx: number;
  readonly rowsShown: number;
  readonly topPx: number;
  /** Stands for the rows that have no room; absent when all have. */
  readonly overflow?: Strip;
}

const ROW_PX_MIN = 12;
const ROW_PX_MAX = 20;
const ROWS_PADDING_PX = 3;
const OVERFLOW_PX = 14;

/** As many rows as fit, at a height that can be read; what is left becomes the overflow strip. */
export function rowLayoutFor(lane: Strip, rowsNeeded: number): RowLayout {
  const roomPx = lane.heightPx - 2 * ROWS_PADDING_PX;
  const topPx = lane.topPx + ROWS_PADDING_PX;
  if (rowsNeeded * ROW_PX_MIN <= roomPx) {
    const rowPx = clamp(Math.floor(roomPx / Math.max(1, rowsNeeded)), ROW_PX_MIN, ROW_PX_MAX);
    return { rowPx, rowsShown: rowsNeeded, topPx };
  }
  const rowsShown = Math.max(0, Math.floor((roomPx - OVERFLOW_PX) / ROW_PX_MIN));
  return {
    rowPx: ROW_PX_MIN,
    rowsShown,
    topPx,
    overflow: { topPx: topPx + rowsShown * ROW_PX_MIN, heightPx: OVERFLOW_PX },
  };
}
