import {
  describePlaceOf,
  isBookmark,
  titleOf,
  type Note,
  type NotePlace,
} from '../../core/trace/format/notes.ts';
import { shownLine } from './shown.ts';

/** The place of a note, for the screen: `step 77, bookings["Monday 09:15"]`. */
export function shownPlaceOf(place: NotePlace): string {
  return shownLine(describePlaceOf(place));
}

/** The first line of a note, for the screen; a bookmark is called one. */
export function shownTitleOf(note: Pick<Note, 'text'>): string {
  return isBookmark(note) ? 'Bookmark' : shownLine(titleOf(note));
}
