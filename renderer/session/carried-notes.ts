import {
  carriedNotes,
  describeCarried,
  firstSteps,
  shrunkSteps,
  type KeptSteps,
} from '../../core/trace/carried-notes.ts';
import { parseFork } from '../../core/trace/format/fork.ts';
import { sameValue } from '../../core/value/value.ts';
import { originalOf, parentOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import { carryOver, notesOf } from './notes.ts';
import { session } from './store.ts';

/** A run that another one was made of, and its steps that both have. */
interface NotesSource {
  readonly run: RunEntry;
  readonly kept: KeptSteps;
}

/**
 * Gives a run that has ended the notes of the one that it was made of: of the same seed run before, of the run
 * that was shrunk, or of the steps before a fork.
 *
 * @returns what to say of it; nothing if there was no note.
 */
export function carryNotes(run: RunEntry): string | undefined {
  const source = sourceOf(run, session.getState().runs);
  const notes = source ? notesOf(source.run) : [];
  if (!source || notes.length === 0) return undefined;
  const carried = carriedNotes(notes, source.kept);
  carryOver(run, source.run, carried);
  return describeCarried(carried.length, notes.length, run.origin.kind === 'fork');
}

function sourceOf(run: RunEntry, runs: readonly RunEntry[]): NotesSource | undefined {
  const { origin, trace, change } = run;
  if (!trace) return undefined;
  const same = firstSteps(trace.length);
  if (change)
    return sourceWith(
      runs.find(({ id }) => id === change.beforeId),
      same,
    );
  switch (origin.kind) {
    case 'file':
      return undefined;
    case 'machine':
      return sourceWith(
        runs.find((other) => isRepeatedBy(run, other)),
        same,
      );
    case 'shrunk': {
      const original = originalOf(run, runs);
      const { stepIndices = [] } = trace.header.shrunkFrom ?? {};
      const emitter = original?.trace ?? NOTHING_EMITTED;
      return sourceWith(original, shrunkSteps(stepIndices, emitter, trace));
    }
    case 'fork':
      return sourceWith(
        parentOf(run, runs),
        firstSteps(Math.min(parseFork(origin.fork).from, trace.length)),
      );
  }
}

/** A run that is not read: the actions of its steps are not known. */
const NOTHING_EMITTED = { spansFrom: () => [] };

function sourceWith(run: RunEntry | undefined, kept: KeptSteps): NotesSource | undefined {
  return run && { run, kept };
}

/** Whether a run is the same seed with the same settings as another one, which has notes. */
function isRepeatedBy(run: RunEntry, other: RunEntry): boolean {
  return run.id !== other.id && sameValue(run.origin, other.origin) && notesOf(other).length > 0;
}
