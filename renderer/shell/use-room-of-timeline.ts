import { useEffect, useRef, type RefObject } from 'react';
import { usePanelRef, type PanelImperativeHandle } from 'react-resizable-panels';
import { usePair } from '../session/beside.ts';
import { selectRun, useSession } from '../session/store.ts';
import { useWatches } from '../session/watches.ts';
import { CRASH_STRIP_PX } from '../timeline/crash-strip.tsx';
import { watchesHeightPx } from '../timeline/layout.ts';

/** The height of the timeline of the run beside, with the links to it. */
const OTHER_TIMELINE_PX = 160;

/**
 * Gives the panel of the timeline as much more height as the watches take, when some are added, and the
 * timeline of a run beside; and takes it back when they go: the height that the person has chosen is that of the other lanes.
 */
export function useRoomOfTimeline(): RefObject<PanelImperativeHandle | null> {
  const panel = usePanelRef();
  const machine = useSession((state) => selectRun(state)?.trace?.header.machine);
  const hasCrashes = useSession((state) => selectRun(state)?.crashes !== undefined);
  const isPaired = usePair() !== undefined;
  const { expressions, isFolded } = useWatches(machine ?? '');
  const wantedPx =
    machine === undefined
      ? undefined
      : watchesHeightPx({
          isHeadShown: expressions.length > 0,
          count: isFolded ? 0 : expressions.length,
        }) +
        (isPaired ? OTHER_TIMELINE_PX : 0) +
        (hasCrashes ? CRASH_STRIP_PX : 0);
  // The layout that is remembered has room for what was watched then.
  const givenPx = useRef(wantedPx);
  useEffect(() => {
    if (wantedPx === undefined) return;
    const morePx = wantedPx - (givenPx.current ?? wantedPx);
    givenPx.current = wantedPx;
    if (morePx !== 0 && panel.current)
      panel.current.resize(panel.current.getSize().inPixels + morePx);
  }, [wantedPx, panel]);
  return panel;
}
