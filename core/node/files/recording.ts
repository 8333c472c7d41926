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
    if (!this.#journal) return;
    const { appender } = this.#journal;
    try {
      appender.add(line);
      appender.flush();
    } catch {
      // The disk is full: the file itself will say so, and a part of it is not wanted.
      void this.#endJournal();
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

  /** Discards what was written; a file of that name stays unchanged. */
  async discard(): Promise<void> {
    await this.#writer.discard();
    await this.#endJournal();
  }

  async #endJournal(): Promise<void> {
    const journal = this.#journal;
    if (!journal) return;
    this.#journal = undefined;
    signs.recording(undefined);
    try {
      journal.appender.close();
    } catch {
      // What did not reach it is not needed any more.
    }
    await rm(journal.part, { force: true });
  }
}

/**
 * Makes the journal of a run the file that it was to be, compressed if its name says so.
 *
 * @throws {ProblemError} when that is impossible; the journal stays where it is.
 */
export async function finishRecording({ part, target }: OpenRecording): Promise<void> {
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
