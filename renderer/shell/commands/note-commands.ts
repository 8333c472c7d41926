import type { NotePlace } from '../../../core/trace/format/notes.ts';
import { currentArrangement } from '../../session/arrangements.ts';
import type { Viewed } from '../../session/model.ts';
import { askNote } from '../../session/note-draft.ts';
import { canStep, notedBeside, redoNotes, toggleBookmark, undoNotes } from '../../session/notes.ts';
import { showNotice } from '../../session/notices.ts';
import { isTellable, startTalk } from '../../session/talk.ts';
import { endsOf } from '../../steps/compare-steps.ts';
import { isRange, stepsView } from '../../steps/selection.ts';
import { shownPlaceOf } from '../../words/note-words.ts';
import { currentRun, jumpTo, withFound, withTrace, type Behaviours } from './behaviour.ts';

/** What people write on a run, and the ways along it. */
export const NOTE_COMMANDS = {
  bookmark: withTrace((viewed) => bookmark(viewed)),
  writeNote: withTrace((viewed) => {
    const { focused } = currentArrangement();
    askNote(viewed.run, placeOf(viewed), focused === 'notes' ? undefined : focused);
  }),
  present: withFound(() => {
    const run = currentRun();
    return isTellable(run) ? run : undefined;
  }, startTalk),
  undoNote: withFound(() => runWithChange('undo'), undoNotes),
  redoNote: withFound(() => runWithChange('redo'), redoNotes),
  nextNoted: jumpTo(({ run, cursor }) => notedBeside(run, cursor, 'next')),
  previousNoted: jumpTo(({ run, cursor }) => notedBeside(run, cursor, 'previous')),
} satisfies Behaviours;

/** The steps that are chosen in the list, or the one under the cursor. */
function placeOf({ run, cursor }: Viewed): NotePlace {
  const { selection } = stepsView.getState();
  if (selection?.runId !== run.id || !isRange(selection)) return { step: cursor };
  const [step, to] = endsOf(selection);
  return { step, to };
}

function bookmark(viewed: Viewed): void {
  const place = placeOf(viewed);
  const done = toggleBookmark(viewed.run, place);
  const words = done === 'removed' ? 'No longer bookmarked:' : 'Bookmarked';
  showNotice(done ? `${words} ${shownPlaceOf(place)}` : 'There are too many notes on this run.');
}

function runWithChange(way: 'undo' | 'redo'): string | undefined {
  const run = currentRun();
  return run && canStep(run.id, way) ? run.id : undefined;
}
