import { useLayoutEffect, useState, type RefObject } from 'react';

/** The width of an element in pixels; `undefined` before it is laid out. */
export function useWidth(element: RefObject<HTMLElement | null>): number | undefined {
  const [widthPx, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return undefined;
    const observer = new ResizeObserver(() => setWidth(observed.clientWidth));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return widthPx;
}
