import { Bookmark, StickyNote } from 'lucide-react';
import type { ReactNode } from 'react';
import { isBookmark, type Note } from '../../core/trace/format/notes.ts';

/** A note beside words: a ribbon for a bookmark, a sheet for a text. */
export function NoteIcon({
  note,
  size = 14,
}: {
  note: Pick<Note, 'text'>;
  size?: number;
}): ReactNode {
  const Icon = isBookmark(note) ? Bookmark : StickyNote;
  return <Icon size={size} strokeWidth={1.75} aria-hidden />;
}
