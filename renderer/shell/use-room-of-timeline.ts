import { useEffect, type RefObject } from 'react';
import { usePanelRef, type PanelImperativeHandle } from 'react-resizable-panels';
import { usePair } from '../session/beside.ts';
import { selectRun, useSession } from '../session/store.ts';
import { useWatches } from '../session/watches.ts';
import { CRASH_STRIP_PX } from '../timeline/crash-strip.tsx';
import { watchesHeightPx } from '../timeline/layout.ts';
import { ui } from './ui-store.ts';

/** The height of the timeline of the run beside, with its name over it, and the links to it. */
const OTHER_TIMELINE_PX = 180;
/** As much of it as there must be. */
const OTHER_TIMELINE_PX_MIN = 122;
/** The height of the timeline without all that takes more. */
export const TIMELINE_PX_MIN = 176;
/** The panels above it keep as much, as long as the timeline has its least height. */
const ABOVE_PX_MIN = 300;

/**
 * Gives the panel of the timeline as much more height as the watches take, when some are added, and the
 * timeline of a run beside; and takes it back when they go: the height that the person has chosen is that of the
 * other lanes. In a low window it gives less.
 */
export function useRoomOfTimeline(): RefObject<PanelImperativeHandle | null> {
  const panel = usePanelRef();
  const machine = useSession((state) => selectRun(state)?.trace?.header.machine);
  const hasCrashes = useSession((state) => selectRun(state)?.crashes !== undefined);
  const isPaired = usePair() !== undefined;
  const { expressions, isFolded } = useWatches(machine ?? '');
  const lanesPx =
    watchesHeightPx({
      isHeadShown: expressions.length > 0,
      count: isFolded ? 0 : expressions.length,
    }) + (hasCrashes ? CRASH_STRIP_PX : 0);
  const wantedPx = machine === undefined ? undefined : lanesPx + (isPaired ? OTHER_TIMELINE_PX : 0);
  const leastPx = TIMELINE_PX_MIN + lanesPx + (isPaired ? OTHER_TIMELINE_PX_MIN : 0);
  useEffect(() => {
    if (wantedPx === undefined) return;
    // The layout that is remembered has room for what was shown then: before a sweep, or in the last session.
    const givenBeforePx = ui.getState().timelineGivenPx ?? wantedPx;
    ui.setState({ timelineGivenPx: wantedPx });
    if (wantedPx === givenBeforePx || !panel.current) return;
    const { inPixels: nowPx, asPercentage } = panel.current.getSize();
    const roomPx = (nowPx * 100) / asPercentage - ABOVE_PX_MIN;
    const fittingPx = Math.min(nowPx + wantedPx - givenBeforePx, Math.max(roomPx, leastPx));
    panel.current.resize(fittingPx);
    ui.setState({ timelineGivenPx: givenBeforePx + fittingPx - nowPx });
  }, [wantedPx, leastPx, panel]);
  return panel;
}
