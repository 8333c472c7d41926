import { useEffect, useState, type ReactNode } from 'react';
import { LinkButton } from './button.tsx';
import './notice-bar.css';

/** Something to say for a moment at the foot of a panel. */
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

/** The place of a notice, over the foot of the positioned element around it. */
export function NoticeBar({ notice }: { notice: Notice | undefined }): ReactNode {
  return (
    <output className="notice-place">
      {notice && (
        <div className="notice-bar">
          <span className="truncate">{notice.text}</span>
          {notice.action && (
            <LinkButton onPress={notice.action.run}>{notice.action.name}</LinkButton>
          )}
        </div>
      )}
    </output>
  );
}
