import type { Trace } from '../../trace/trace.ts';
import * as files from '../files/trace-file.ts';
import type { ReadTrace, TraceFileOptions } from '../files/trace-file.ts';
import { printErrorLine, style } from '../report/print.ts';
import { ProgressLine } from './progress.ts';

/** Files that are read sooner show no progress. */
const QUICK_MS = 300;
const MEGABYTE = 1_000_000;

/**
 * Reads a trace file for a command, with its progress shown. Damage is said on standard error, whatever the
 * command does with the steps before it.
 *
 * @throws {ProblemError} when not even its header is readable.
 */
export async function readTraceFile(path: string, options?: TraceFileOptions): Promise<ReadTrace> {
  const reading = new Reading(path);
  const read = await files
    .readTraceFile(path, { ...options, onSlice: reading.show })
    .finally(reading.end);
  const { damage } = read;
  if (damage) {
    printErrorLine(style.red(`Only the steps before the damage of ${path}: ${damage.message}`));
  }
  return read;
}

/**
 * Reads a trace for a command that needs all of it, with the progress shown.
 *
 * @throws {ProblemError} when it cannot be read, or is damaged.
 */
export async function readWholeTrace(path: string): Promise<Trace> {
  const reading = new Reading(path);
  return files.readWholeTrace(path, { onSlice: reading.show }).finally(reading.end);
}

class Reading {
  readonly #path: string;
  readonly #startMs = performance.now();
  #line: ProgressLine | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  readonly show: NonNullable<TraceFileOptions['onSlice']> = ({ bytes, bytesMax }) => {
    if (performance.now() - this.#startMs < QUICK_MS) return;
    this.#line ??= new ProgressLine();
    // Of what has to be converted, only so much is known as is read.
    const share = bytesMax === undefined || bytes === bytesMax ? undefined : bytes / bytesMax;
    this.#line.show(() => `Reading ${this.#path}: ${(bytes / MEGABYTE).toFixed(0)} MB`, share);
  };

  readonly end = (): void => this.#line?.clear();
}
