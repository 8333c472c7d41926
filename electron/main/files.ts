import { resolve } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import type { ApiEvent, Recent, TaskEvent } from '../../core/contract/window.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { TraceFileWriter } from '../../core/node/files/trace-writer.ts';
import { ProblemError, toProblem } from '../../core/problem.ts';
import type { Settings } from './settings.ts';
import { TraceReading } from './trace-reading.ts';

/** The dialog that asks for a file of a kind. */
const CHOOSERS = {
  trace: { title: 'Open a trace', name: 'Traces', extensions: ['jsonl', 'gz', 'trace', 'json'] },
  machine: {
    title: 'Open a machine',
    name: 'Machines',
    extensions: ['ts', 'mts', 'cts', 'tsx', 'js', 'mjs', 'cjs', 'jsx'],
  },
  inputs: { title: 'Choose inputs', name: 'JSON arrays', extensions: ['json'] },
} as const;

/**
 * The files that the window may ask for: only those that the user chose, dropped, named on the
 * command line, or opened before. A compromised page cannot read any other file.
 */
export class Files {
  readonly #settings: Settings;
  readonly #emit: (event: ApiEvent) => void;
  readonly #granted = new Set<string>();
  readonly #readings = new Map<string, TraceReading>();
  readonly #writers = new Map<string, { writer: TraceFileWriter; path: string }>();
  #saves = 0;

  constructor(settings: Settings, emit: (event: ApiEvent) => void) {
    this.#settings = settings;
    this.#emit = emit;
    for (const { path } of settings.recents) this.grant(path);
  }

  /** Lets the window open a path. */
  grant(path: string): void {
    this.#granted.add(resolve(path));
  }

  /** @throws {ProblemError} when the user never chose that path. */
  requireGrant(path: string): void {
    if (this.#granted.has(resolve(path))) return;
    throw new ProblemError({
      title: `${path} was not chosen by you, so it is not opened.`,
      remedy: 'Open it with the menu or drop it on the window.',
    });
  }

  /** Remembers a file that was opened. */
  remember(recent: Recent): void {
    this.#settings.addRecent(recent);
    this.#emit({ kind: 'recents', recents: [...this.#settings.recents] });
  }

  /** Asks the user for a file; null if the dialog was cancelled. */
  async choose(window: BrowserWindow, kind: Recent['kind']): Promise<Recent | null> {
    const { title, name, extensions } = CHOOSERS[kind];
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: ['openFile'],
      filters: [
        { name, extensions: [...extensions] },
        { name: 'All files', extensions: ['*'] },
      ],
    });
    const [path] = filePaths;
    if (path === undefined) return null;
    this.grant(path);
    const found = openedAs(path);
    // A machine runs code, so a file counts as a machine only if the user asked for a machine.
    return { kind: kind === 'inputs' || found === 'machine' ? kind : found, path };
  }

  /** Carries out a task that reads a trace file; returns at once. */
  startReading(taskId: string, path: string): void {
    this.requireGrant(path);
    const reading = new TraceReading(path);
    this.#readings.set(taskId, reading);
    void this.#read(taskId, path, reading);
  }

  /** Stops a task that reads; returns false if none has that id. */
  cancelReading(taskId: string): boolean {
    const reading = this.#readings.get(taskId);
    reading?.cancel();
    return reading !== undefined;
  }

  /** The window has taken a piece of what is read. */
  readOn(taskId: string): void {
    this.#readings.get(taskId)?.readOn();
  }

  /** Stops all tasks that read. */
  cancelReadings(): void {
    for (const reading of this.#readings.values()) reading.cancel();
  }

  async #read(taskId: string, path: string, reading: TraceReading): Promise<void> {
    let isFirst = true;
    try {
      const kind = await reading.run((text) => {
        if (isFirst) this.remember({ kind: 'trace', path });
        isFirst = false;
        this.#report(taskId, { kind: 'text', text });
      });
      this.#emit({ kind: 'taskEnded', taskId, end: { kind } });
    } catch (error) {
      const problem = toProblem(error, 'The trace could not be read');
      this.#emit({ kind: 'taskEnded', taskId, end: { kind: 'failed', problem } });
    } finally {
      this.#readings.delete(taskId);
    }
  }

  #report(taskId: string, event: TaskEvent<'read'>): void {
    this.#emit({ kind: 'taskEvent', taskId, event });
  }

  /** Asks where to save. Returns the id to write to, or null if the dialog was cancelled. */
  async beginSave(window: BrowserWindow, suggestedName: string): Promise<string | null> {
    const { filePath } = await dialog.showSaveDialog(window, {
      title: 'Save the trace',
      defaultPath: suggestedName,
      filters: [
        { name: 'Compressed trace', extensions: ['jsonl.gz'] },
        { name: 'Trace', extensions: ['jsonl'] },
      ],
    });
    if (!filePath) return null;
    this.#saves += 1;
    const saveId = `save-${this.#saves}`;
    this.#writers.set(saveId, { writer: await TraceFileWriter.open(filePath), path: filePath });
    return saveId;
  }

  /** @throws {ProblemError} when the file cannot be written, for example on a full disk. */
  async write(saveId: string, text: string): Promise<void> {
    const { writer } = this.#writerOf(saveId);
    for (const line of text.trimEnd().split('\n')) writer.add(line);
    await writer.write();
  }

  /** Moves the file to its place, or deletes it. Returns its path. */
  async endSave(saveId: string, keep: boolean): Promise<string> {
    const { writer, path } = this.#writerOf(saveId);
    this.#writers.delete(saveId);
    if (keep) {
      await writer.close();
      this.grant(path);
      this.remember({ kind: 'trace', path });
    } else {
      await writer.discard();
    }
    return path;
  }

  /** Deletes what was being written. */
  async discardSaves(): Promise<void> {
    for (const { writer } of this.#writers.values()) await writer.discard();
    this.#writers.clear();
  }

  #writerOf(saveId: string): { writer: TraceFileWriter; path: string } {
    const found = this.#writers.get(saveId);
    if (!found) throw new ProblemError({ title: 'This save is over.', remedy: 'Save again.' });
    return found;
  }
}
