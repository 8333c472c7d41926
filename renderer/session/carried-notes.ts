import {
  alignedSteps,
  carriedNotes,
  describeCarried,
  firstSteps,
  shrunkSteps,
  type KeptSteps,
} from '../../core/trace/carried-notes.ts';
import { Alignment } from '../../core/trace/compare/alignment.ts';
import { parseFork } from '../../core/trace/format/fork.ts';
import { isWithin } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sameValue } from '../../core/value/value.ts';
import { sourceOf } from './asking.ts';
import { originalOf, parentOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import { carryOver, notesOf } from './notes.ts';
import { findRun, session } from './store.ts';

/** A run that another one was made of, and its steps that both have. */
interface NotesSource {
  readonly run: RunEntry;
  readonly kept: KeptSteps | Promise<KeptSteps>;
}

/**
 * Gives a run that has ended the notes of the one that it was made of: of the same seed run before, of the run
 * that was shrunk, or of the run that was forked.
 *
 * @returns what to say of it; nothing if there was no note.
 */
export async function carryNotes(run: RunEntry): Promise<string | undefined> {
  const source = notesSourceOf(run, session.getState().runs);
  const notes = source ? notesOf(source.run) : [];
  if (!source || notes.length === 0) return undefined;
  const carried = carriedNotes(notes, await source.kept);
  if (!findRun(run.id)) return undefined;
  carryOver(run, source.run, carried);
  return describeCarried(carried.length, notes.length);
}

function notesSourceOf(run: RunEntry, runs: readonly RunEntry[]): NotesSource | undefined {
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
    case 'fork': {
      const parent = parentOf(run, runs);
      return parent && { run: parent, kept: keptByFork(parent, trace, origin.fork) };
    }
  }
}

/** The steps of a run that a fork of it has: those before the fork, and those that stand beside each other after it. */
async function keptByFork(parent: RunEntry, trace: Trace, fork: string): Promise<KeptSteps> {
  const from = Math.min(parseFork(fork).from, trace.length);
  const isShared = notesOf(parent).every((note) => isWithin(note, from));
  if (!parent.trace || isShared) return firstSteps(from);
  try {
    const packed = await sourceOf(trace).ask({ kind: 'alignment', otherId: parent.id });
    return alignedSteps(new Alignment(packed), parent.trace, trace);
  } catch {
    // Nothing is known of the steps after the fork then.
    return firstSteps(from);
  }
}

/** A run that is not read: the actions of its steps are not known. */
const NOTHING_EMITTED = { spansFrom: () => [] };

function sourceWith(run: RunEntry | undefined, kept: NotesSource['kept']): NotesSource | undefined {
  return run && { run, kept };
}

/** Whether a run is the same seed with the same settings as another one, which has notes. */
function isRepeatedBy(run: RunEntry, other: RunEntry): boolean {
  return run.id !== other.id && sameValue(run.origin, other.origin) && notesOf(other).length > 0;
}
