import { useLayoutEffect, type RefObject } from 'react';

/** Text is not made smaller than this share of its size: what is longer scrolls. */
const SCALE_MIN = 0.6;
const SCALE_STEP = 0.04;

/**
 * Makes the text of an element, whose style sheet multiplies its size by `--fit`, as small as it must be for all of
 * it to be seen. It follows the size of the element around, since its own one may depend on its text. Another text
 * must come with another element.
 */
export function useFit(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const fitted = element.current;
    if (!fitted?.parentElement) return undefined;
    const observer = new ResizeObserver(() => fit(fitted));
    observer.observe(fitted.parentElement);
    // Glyphs may be wider than those that stood in for them.
    void document.fonts.ready.then(() => fit(fitted));
    return () => observer.disconnect();
  }, [element]);
}

function fit(element: HTMLElement): void {
  const isCut = (scale: number) => {
    element.style.setProperty('--fit', String(scale));
    return element.scrollHeight > element.clientHeight;
  };
  for (let scale = 1; scale >= SCALE_MIN && isCut(scale); scale -= SCALE_STEP);
}
