import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NOTE_CHARS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import {
  describePlaceOf,
  isBookmark,
  noteProblem,
  noteSchema,
  withNote,
  type Note,
  type NotePlace,
} from '../../trace/format/notes.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatPath } from '../../value/path.ts';
import { readJsonFile } from '../files/json-file.ts';
import type { TraceDamage } from '../files/trace-follower.ts';
import { withFileLock } from '../files/write-file.ts';
import { writeTrace } from '../files/write-trace.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { withOptionRules } from './option-rules.ts';
import { type CommandModule, JSON_FLAG, stepNumber } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { showWhile } from './progress.ts';
import { statePathOf } from './state-path.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `notes`. */
interface NotesOptions {
  /** A note to add, in Markdown. */
  readonly add?: string;
  /** What it is on: a step, up to another one, and there a value. */
  readonly at?: number;
  readonly to?: number;
  readonly path?: string;
  /** A file with the notes that the trace gets instead of its own. */
  readonly from?: string;
  readonly json?: boolean;
}

/** `phasmoscope notes`: prints the notes of a trace, adds one to its file, or gives it others. */
export const NOTES: CommandModule = {
  examples: [
    ['Add a note to a step', 'notes unchecked.jsonl.gz --add "**Both** hold the slot." --at 77'],
    ['Print all notes', 'notes unchecked.jsonl.gz'],
  ],
  declare: (command) =>
    withOptionRules(
      command
        .argument('<file>', 'a trace file')
        .option('--add <text>', 'add a note, in Markdown')
        .option('--at <step>', 'the step that it is on', stepNumber)
        .option('--to <step>', 'the last step, for a note on several', stepNumber)
        .option('--path <path>', 'the value that it is on, such as \'bookings["Monday 09:15"]\'')
        .option(
          '--from <file>',
          'replace the notes by those of a JSON file: an array, as lines of traces',
        )
        .option(...JSON_FLAG),
      [{ options: ['--add', '--at', '--to', '--path'], excludes: ['--from'] }],
    ),
  run: notesCommand,
};

async function notesCommand(file: string, options: NotesOptions): Promise<ExitCode> {
  requireAddition(options);
  const isChanging = options.add !== undefined || options.from !== undefined;
  const work = () => notesOf(file, options);
  // Between reading a file and writing it again, no other process may write it.
  const { notes, damage } = await (isChanging ? withFileLock(file, work) : work());
  if (options.json) printJson({ file, notes: notes.map(jsonOf), ...(damage ? { damage } : {}) });
  else print(notes);
  return damage ? EXIT.found : EXIT.done;
}

/** The notes of a file, after they were changed in it as the options say. */
async function notesOf(
  file: string,
  options: NotesOptions,
): Promise<{ readonly notes: readonly Note[]; readonly damage?: TraceDamage }> {
  const { trace, damage, close } = await readTraceFile(file);
  const changed = await changedNotes(trace, options);
  if (changed) {
    if (damage) throw notChanged(file);
    await showWhile(`Writing ${file}`, () => writeTrace(trace, file, changed));
  }
  close();
  return { notes: changed ?? trace.notes, ...(damage ? { damage } : {}) };
}

/** The notes that the trace is to have; `undefined` if they stay as they are. */
async function changedNotes(
  trace: Trace,
  options: NotesOptions,
): Promise<readonly Note[] | undefined> {
  const { add, from } = options;
  if (from !== undefined) return notesIn(trace, from);
  return add === undefined ? undefined : withNote(trace.notes, newNote(trace, options, add));
}

/** @throws {ProblemError} when the file holds no notes, or one that the trace has no place for. */
async function notesIn(trace: Trace, path: string): Promise<readonly Note[]> {
  const { data: notes, error } = z
    .array(noteSchema)
    .safeParse(await readJsonFile(path, 'notes of a trace'));
  const problem = notes
    ? notes.map((note, at) => noteProblem(note, notes.slice(0, at), trace.length)).find(Boolean)
    : z.prettifyError(error);
  if (notes && problem === undefined) return notes;
  throw new ProblemError({
    title: `${path} does not hold notes for this trace.`,
    ...(problem === undefined ? {} : { details: problem }),
    remedy: 'Write an array of notes, such as [{ "id": "a", "step": 3, "text": "Here." }].',
  });
}

function requireAddition({ add, at, to, path }: NotesOptions): void {
  if (add !== undefined && at === undefined) {
    throw new ProblemError({
      title: '--add needs --at.',
      remedy: 'Give a step with --at, for example --at 12.',
    });
  }
  if (add !== undefined || (at === undefined && to === undefined && path === undefined)) return;
  throw new ProblemError({
    title: 'Without --add, there is no note to be placed.',
    remedy: 'Give its text with --add.',
  });
}

/** @throws {ProblemError} when the trace has no such place, or no room for it. */
function newNote(trace: Trace, { at = -1, to, path }: NotesOptions, text: string): Note {
  const place: NotePlace = {
    step: at,
    ...(to === undefined ? {} : { to }),
    ...(path === undefined || at >= trace.length
      ? {}
      : { path: statePathOf(trace, path, at, '--at') }),
  };
  const note = { id: randomUUID(), ...place, text };
  const problem =
    text.length > NOTE_CHARS_MAX
      ? `a note has at most ${formatCount(NOTE_CHARS_MAX)} characters`
      : noteProblem(note, trace.notes, trace.length);
  if (problem === undefined && (to === undefined || to > at)) return note;
  throw new ProblemError({
    title: `The note cannot be added: ${problem ?? `step ${to} does not come after step ${at}`}.`,
    remedy: `The trace has ${formatCount(trace.length)} steps, from 0 on.`,
  });
}

function notChanged(file: string): ProblemError {
  return new ProblemError({
    title: `${file} is damaged, so it is not written again.`,
    remedy: 'Record the run again, and add the note to the new file.',
  });
}

function jsonOf({ path, action, ...note }: Note): unknown {
  return {
    ...note,
    ...(path ? { path: formatPath(path) } : {}),
    ...(action === undefined ? {} : { action: String(action) }),
  };
}

function print(notes: readonly Note[]): void {
  if (notes.length === 0) printLine(style.dim('The trace has no notes.'));
  for (const note of notes) {
    printLine(style.bold(describePlaceOf(note)));
    if (!isBookmark(note)) {
      for (const line of note.text.trimEnd().split('\n')) printLine(`  ${line}`);
    }
  }
}
