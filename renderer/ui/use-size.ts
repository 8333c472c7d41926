import { useLayoutEffect, useState, type RefObject } from 'react';

/** The width of an element in pixels; `undefined` before it is laid out. */
export function useWidth(element: RefObject<HTMLElement | null>): number | undefined {
  return useSize(element, 'clientWidth');
}

/** The height of an element in pixels; `undefined` before it is laid out. */
export function useHeight(element: RefObject<HTMLElement | null>): number | undefined {
  return useSize(element, 'clientHeight');
}

function useSize(
  element: RefObject<HTMLElement | null>,
  side: 'clientWidth' | 'clientHeight',
): number | undefined {
  const [sizePx, setSize] = useState<number>();
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return undefined;
    const observer = new ResizeObserver(() => setSize(observed[side]));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element, side]);
  return sizePx;
}
