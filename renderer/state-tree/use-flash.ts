import { useEffect, useRef, useState } from 'react';

/** The cursor has settled when it rests this long: whoever holds an arrow key sees no flicker. */
const SETTLED_AFTER_MS = 90;
/** A little longer than the animation (`--motion-flash`). */
const FLASH_MS = 900;

/** Whether changed rows flash now: for a moment, once the cursor has moved and settled. */
export function useFlash(cursor: number): boolean {
  const [flashing, setFlashing] = useState<number>();
  const last = useRef(cursor);

  useEffect(() => {
    if (last.current === cursor) return;
    last.current = cursor;
    const begin = setTimeout(() => setFlashing(cursor), SETTLED_AFTER_MS);
    const end = setTimeout(() => setFlashing(undefined), SETTLED_AFTER_MS + FLASH_MS);
    return () => {
      clearTimeout(begin);
      clearTimeout(end);
    };
  }, [cursor]);

  return flashing === cursor;
}
