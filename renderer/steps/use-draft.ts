import { useEffect, useEffectEvent, useState } from 'react';

/** A filter follows what is typed after this long. */
const SETTLE_MS = 250;

/** A text while it is being typed. */
export interface Draft {
  readonly text: string;
  readonly type: (text: string) => void;
  /** Commits what is typed at once. */
  readonly commit: () => void;
}

/**
 * A text that is committed a moment after the last key. It follows the value when that is changed from
 * elsewhere.
 */
export function useDraft(value: string, onCommit: (text: string) => void): Draft {
  const [text, setText] = useState(value);
  /** The value as this field knows it: what it has committed, or taken over. */
  const [known, setKnown] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== known) {
      setText(value);
      setKnown(value);
    }
  }
  const commit = useEffectEvent(() => {
    const trimmed = text.trim();
    if (trimmed === known) return;
    setKnown(trimmed);
    onCommit(trimmed);
  });
  const commitSoon = useEffectEvent((_typed: string) => setTimeout(() => commit(), SETTLE_MS));
  useEffect(() => {
    const timer = commitSoon(text);
    return () => clearTimeout(timer);
  }, [text]);
  const commitNow = () => {
    const trimmed = text.trim();
    setKnown(trimmed);
    onCommit(trimmed);
  };
  return { text, type: setText, commit: commitNow };
}
