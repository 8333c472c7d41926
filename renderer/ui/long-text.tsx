import { useState, type ReactNode } from 'react';
import { formatCount } from '../words/format.ts';
import { shownLines } from '../words/shown.ts';
import { LinkButton } from './button.tsx';
import { WithPlaces } from './place-link.tsx';

/** The most characters that are laid out at once, even on demand. */
const WHOLE_CHARS_MAX = 50_000;
/** As many as are read at a glance. */
const SHORT_CHARS_MAX = 500;

/** A message of any length: its beginning, and the whole of it on demand. */
export function LongText({ text }: { text: string }): ReactNode {
  const [shownWhole, setShownWhole] = useState<string>();
  if (text.length <= SHORT_CHARS_MAX) return <WithPlaces text={shownLines(text)} />;
  const isWhole = shownWhole === text;
  return (
    <>
      {shownLines(text, isWhole ? WHOLE_CHARS_MAX : SHORT_CHARS_MAX)}{' '}
      <LinkButton onPress={() => setShownWhole(isWhole ? undefined : text)}>
        {isWhole ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
      </LinkButton>
    </>
  );
}
