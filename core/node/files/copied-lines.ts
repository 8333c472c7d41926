import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StepStore } from '../../trace/step-lines.ts';
import { FileLines } from './file-lines.ts';
import type { TextBytes } from './text-bytes.ts';

/** The characters that are gathered before they are written to a copy. */
const COPY_CHARS = 256 * 1024;

/** Lines in a file of ours, for a trace that cannot be read where it lies. The file goes when it is closed. */
export class CopiedLines implements StepStore {
  readonly bytes: CopyBytes;
  readonly #lines: FileLines;

  constructor(folder: string) {
    this.bytes = new CopyBytes(join(folder, `copy-${randomUUID()}.lines`));
    this.#lines = new FileLines(this.bytes);
  }

  add(line: string): void {
    const from = this.bytes.length;
    this.bytes.append(`${line}\n`);
    this.#lines.nextAt(from, this.bytes.length);
    this.#lines.add();
  }

  line(stepIndex: number): string {
    return this.#lines.line(stepIndex);
  }

  require(): void {
    // All of them can be read at once.
  }

  async load(): Promise<void> {
    // All of them can be read at once.
  }
}

class CopyBytes implements TextBytes {
  readonly #path: string;
  readonly #file: number;
  #pending = '';
  #pendingBytes = 0;
  /** What is pending, once it was read. */
  #encoded: Buffer | undefined;
  #written = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'wx+');
    // Whatever ends this process, nothing is left behind. Windows keeps files that are open.
    if (process.platform !== 'win32') rmSync(path);
  }

  get length(): number {
    return this.#written + this.#pendingBytes;
  }

  get progress() {
    return { bytes: this.length, bytesMax: this.length };
  }

  /** @throws when there is no room on the disk for what is pending. */
  append(text: string): void {
    this.#pending += text;
    this.#pendingBytes += Buffer.byteLength(text);
    this.#encoded = undefined;
    if (this.#pending.length >= COPY_CHARS) this.#flush();
  }

  next(): undefined {
    return undefined;
  }

  /** Writes nothing, so that what was read once can be read again on a full disk. */
  read(from: number, to: number): Buffer {
    const buffer = Buffer.alloc(to - from);
    const written = Math.max(0, Math.min(to, this.#written) - from);
    if (written > 0) readSync(this.#file, buffer, 0, written, from);
    if (written < buffer.length) {
      this.#encoded ??= Buffer.from(this.#pending);
      this.#encoded.copy(buffer, written, from + written - this.#written, to - this.#written);
    }
    return buffer;
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #flush(): void {
    const bytes = this.#encoded ?? Buffer.from(this.#pending);
    // On a disk that is nearly full, only a part is written at first.
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#file, bytes, at, bytes.length - at, this.#written + at);
    }
    this.#written += this.#pendingBytes;
    this.#pending = '';
    this.#pendingBytes = 0;
    this.#encoded = undefined;
  }
}
