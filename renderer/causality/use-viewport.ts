import { useReactFlow, useStore } from '@xyflow/react';
import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { isCalm } from '../ui/motion.ts';
import { useIsOnStage } from '../ui/on-stage.ts';
import type { Layout, Rect } from './layout.ts';
import { readableViewport, revealing, wholeViewport, zoomed, type Viewport } from './viewport.ts';

/** How long the viewport takes to settle when the graph changes. */
const SETTLE_MS = 160;

/** The actions that move the viewport of the graph. */
export interface ViewportCommands {
  readonly fitWhole: () => void;
  readonly reveal: (nodeId: string) => void;
  readonly zoomBy: (factor: number) => void;
  /** Notes that the user moved the viewport: resizing the panel leaves it alone from then on. */
  readonly handOver: () => void;
}

/**
 * Keeps the viewport. It is fitted when the graph's nodes change, or when the panel's size changes before
 * the user moved it; it stays while only the highlight moves, unless that would leave the view. An audience
 * sees the whole graph at any time.
 */
export function useViewport(layout: Layout, nodesKey: string, litId: string): ViewportCommands {
  const { getViewport, setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const isOnStage = useIsOnStage();
  const fitted = useRef({ key: '', width: 0, height: 0, isUsers: false });

  const move = useCallback(
    (next: Viewport, isAnimated: boolean) => {
      void setViewport(next, isAnimated && !isCalm() ? { duration: SETTLE_MS } : {});
    },
    [setViewport],
  );

  useLayoutEffect(() => {
    const lit = layout.rects.get(litId);
    if (!lit || width === 0 || height === 0) return;
    const panel = { width, height };
    const last = fitted.current;
    const isSameGraph = last.key === nodesKey;
    const isResized = last.width !== width || last.height !== height;
    if (!isSameGraph || (isResized && !last.isUsers)) {
      const fit = isOnStage
        ? wholeViewport(layout.bounds, panel)
        : readableViewport(layout.bounds, lit, panel);
      move(fit, last.key !== '' && !isResized);
      fitted.current = { key: nodesKey, width, height, isUsers: false };
      return;
    }
    const revealed = revealing(getViewport(), lit, panel);
    if (revealed) move(revealed, !isResized);
    fitted.current = { ...last, width, height };
  }, [layout, nodesKey, litId, width, height, isOnStage, move, getViewport]);

  return useMemo(() => {
    const panel = { width, height };
    const handOver = (): void => {
      fitted.current = { ...fitted.current, isUsers: true };
    };
    return {
      handOver,
      fitWhole: () => move(wholeViewport(layout.bounds, panel), true),
      reveal: (nodeId) => {
        const rect: Rect | undefined = layout.rects.get(nodeId);
        const revealed = rect && revealing(getViewport(), rect, panel);
        if (revealed) move(revealed, true);
      },
      zoomBy: (factor) => {
        handOver();
        move(zoomed(getViewport(), panel, factor), true);
      },
    };
  }, [layout, width, height, move, getViewport]);
}
