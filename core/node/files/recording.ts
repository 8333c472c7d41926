import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { TraceIndex } from '../../trace/trace-index.ts';
import { signs, type OpenRecording } from './signs-of-life.ts';
import { TraceAppender, TraceFileWriter } from './trace-writer.ts';

/**
 * Writes the trace of a run while it is made, so that no step is lost however the run ends: each line is
 * in a journal beside the file before the next step begins. Whoever outlives a run that is never over
 * makes the journal the file, with {@link finishRecording}.
 */
export class Recording {
  readonly #writer: TraceFileWriter;
  #journal: { readonly part: string; readonly appender: TraceAppender } | undefined;
  /** The lines that are in the journal. */
  #linesKept = 0;
  #isJournalFull = false;

  /**
   * @param path compressed with gzip when it ends in `.gz`.
   * @throws {ProblemError} when it cannot be written, or something else has that name.
   */
  static async open(path: string): Promise<Recording> {
    return new Recording(path, await TraceFileWriter.open(path));
  }

  private constructor(path: string, writer: TraceFileWriter) {
    this.#writer = writer;
    const { place } = writer;
    if (!place) return;
    const part = `${place.target}.${process.pid}.steps.part`;
    try {
      this.#journal = { part, appender: new TraceAppender(part) };
    } catch {
      // The file itself will say what is wrong.
      return;
    }
    signs.recording({ path, ...place, part });
  }

  /** Whether so much was added that it should be written. */
  get isDue(): boolean {
    return this.#writer.isDue;
  }

  /** Adds a line, given without its line break. */
  add(line: string): void {
    this.#writer.add(line);
    if (!this.#journal || this.#isJournalFull) return;
    const { appender } = this.#journal;
    try {
      appender.add(line);
      appender.flush();
      this.#linesKept += 1;
    } catch {
      // The disk is full: the file itself will say so, unless there is room again by then.
      this.#isJournalFull = true;
    }
  }

  /** Writes what was added; throws as {@link TraceFileWriter.write} does. */
  write(): Promise<void> {
    return this.#writer.write();
  }

  /** Finishes the file; see {@link TraceFileWriter.close}. */
  async close(index?: TraceIndex): Promise<void> {
    await this.#writer.close(index);
    await this.#endJournal();
  }

  /**
   * Ends it after a failure, such as that of a full disk: what is in the journal becomes the file. Without a
   * step, a file of that name stays unchanged.
   *
   * @returns the number of steps that are kept.
   */
  async keep(): Promise<number> {
    await this.#writer.discard();
    const { place } = this.#writer;
    const steps = this.#linesKept - 1;
    const part = this.#closeJournal();
    if (part === undefined || !place) return 0;
    try {
      // There is room for it now: what was half of the file is gone.
      if (steps > 0) await finishRecording({ part, target: place.target });
      return Math.max(0, steps);
    } catch {
      return 0;
    } finally {
      signs.recording(undefined);
      await rm(part, { force: true });
    }
  }

  async #endJournal(): Promise<void> {
    const part = this.#closeJournal();
    if (part === undefined) return;
    signs.recording(undefined);
    await rm(part, { force: true });
  }

  /** Returns where the journal is, which is not written to any more. */
  #closeJournal(): string | undefined {
    const journal = this.#journal;
    if (!journal) return undefined;
    this.#journal = undefined;
    try {
      journal.appender.close();
    } catch {
      // What did not reach it is not in it.
    }
    return journal.part;
  }
}

/**
 * Makes the journal of a run the file that it was to be, compressed if its name says so.
 *
 * @throws {ProblemError} when that is impossible; the journal stays where it is.
 */
export async function finishRecording({
  part,
  target,
}: Pick<OpenRecording, 'part' | 'target'>): Promise<void> {
  if (!target.endsWith('.gz')) {
    await rename(part, target);
    return;
  }
  const writer = await TraceFileWriter.open(target);
  try {
    for await (const line of createInterface({ input: createReadStream(part) })) {
      writer.add(line);
      if (writer.isDue) await writer.write();
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await rm(part, { force: true });
}
