import { StickyNote } from 'lucide-react';
import type { ReactNode } from 'react';
import { isSamePlace, type NotePlace } from '../../core/trace/format/notes.ts';
import type { RunEntry } from '../session/model.ts';
import { askNote } from '../session/note-draft.ts';
import { useNotes } from '../session/notes.ts';
import { selectRun, useSession } from '../session/store.ts';
import { IconButton } from '../ui/icon-button.tsx';

export interface NoteButtonProps {
  place: NotePlace;
  /** What the note is on, such as `this finding`. */
  what: string;
}

/** Writes a note on a part of the step, or changes the one that is there. */
export function NoteButton(props: NoteButtonProps): ReactNode {
  const run = useSession(selectRun);
  const isPage = useSession((state) => state.isPage);
  return run?.trace && !isPage ? <ButtonOf run={run} {...props} /> : null;
}

function ButtonOf({ run, place, what }: NoteButtonProps & { run: RunEntry }): ReactNode {
  const isNoted = useNotes(run).some((note) => isSamePlace(note, place));
  return (
    <span className="note-button" data-noted={isNoted}>
      <IconButton
        icon={StickyNote}
        size="small"
        label={isNoted ? `Change the note on ${what}` : `Write a note on ${what}`}
        onPress={() => askNote(run, place)}
      />
    </span>
  );
}
