import { useEffect, useState } from 'react';

/** Something to say at the foot of the panel. */
export interface Notice {
  readonly text: string;
  /** What can be done about it. */
  readonly action?: { readonly name: string; readonly run: () => void };
  /** It stands until something replaces it: work goes on. */
  readonly isBusy?: boolean;
}

const SHOWN_MS = 4_000;

/** The notice that is shown, which goes away by itself, and the way to show another. */
export function useNotice(): readonly [Notice | undefined, (notice: Notice | undefined) => void] {
  const [notice, setNotice] = useState<Notice>();
  useEffect(() => {
    if (!notice || notice.isBusy) return;
    const timer = setTimeout(() => setNotice(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice, setNotice];
}
