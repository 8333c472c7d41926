import { useEffect, useState, type RefObject } from 'react';

/** The advance of a character of `--font-data` at `--text-data`: 0.6 em of 12 px. */
const CHAR_PX = 7.2;
/** What stands before and after the text on its line: signs, guides of some levels, scrollbar. */
const AROUND_PX = 100;
/** Only so many characters more or less make a new wrapping, so that resizing does not flicker. */
const STEP_CHARS = 8;
const CHARS_MIN = 24;

/** How many characters of data fit on a row of the panel. */
export function useLineChars(panel: RefObject<HTMLElement | null>): number {
  const [chars, setChars] = useState(80);
  useEffect(() => {
    const element = panel.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const fitting = (element.clientWidth - AROUND_PX) / CHAR_PX;
      setChars(Math.max(CHARS_MIN, Math.floor(fitting / STEP_CHARS) * STEP_CHARS));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [panel]);
  return chars;
}
