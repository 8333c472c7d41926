import { describeCarried } from '../../trace/carried-notes.ts';

/** How many notes of a run the one that was made of it has, and how many there were. */
export interface CarriedNotes {
  readonly carried: number;
  readonly of: number;
}

/** A row of a table that says how many notes were carried over; none if there was no note. */
export function notesAsRow(
  notes: CarriedNotes | undefined,
): readonly (readonly [string, string])[] {
  return notes && notes.of > 0 ? [['notes', describeCarried(notes.carried, notes.of)]] : [];
}

/** The same as a part of an answer in JSON. */
export function notesAsJson(notes: CarriedNotes | undefined): { readonly notes?: CarriedNotes } {
  return notes && notes.of > 0 ? { notes } : {};
}
