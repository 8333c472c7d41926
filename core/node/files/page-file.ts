import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { pageLines, type PageOptions } from '../../contract/page-lines.ts';
import { PAGE_CHARS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { showText } from '../../text/visible.ts';
import type { Trace } from '../../trace/trace.ts';
import { pageFrame, readPageProgram, type PageProgram } from './page-frame.ts';
import { writeWholeFile } from './write-file.ts';

/**
 * Saves a run as a page: one file that any browser shows without a network.
 *
 * @param signal cancels it; no file is left.
 * @throws {ProblemError} when the run is too long for a page, or the file cannot be written.
 * @throws the reason of the signal.
 */
export async function writePage(
  path: string,
  trace: Trace,
  options: PageOptions,
  signal?: AbortSignal,
): Promise<void> {
  await writeWholeFile(path, pageParts(await readPageProgram(), trace, options, { signal }));
}

/**
 * The text of a page, part by part.
 *
 * @param limits how long the run may be, and what ends the page early.
 * @throws {ProblemError} when the run is too long for a page.
 * @throws the reason of the signal.
 */
export async function* pageParts(
  program: PageProgram,
  trace: Trace,
  options: PageOptions,
  limits: { readonly charsMax?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const { charsMax = PAGE_CHARS_MAX, signal } = limits;
  const { machine, scenario, seed } = trace.header;
  const [before, after] = await pageFrame(
    program,
    showText(`${machine} · ${scenario} · seed ${seed}`),
  );
  yield before;
  // What goes wrong with the lines comes out of the stream that compresses them.
  const packed = createGzip({ level: 9 });
  pipeline(Readable.from(gatheredLines(trace, options, charsMax)), packed, () => undefined);
  for await (const part of inBase64(packed)) {
    signal?.throwIfAborted();
    yield part;
  }
  yield after;
}

/** The characters that are compressed at a time. */
const GATHERED_CHARS = 256 * 1024;

function* gatheredLines(trace: Trace, options: PageOptions, charsMax: number): Generator<string> {
  let text = '';
  let chars = 0;
  for (const line of pageLines(trace, options)) {
    text += `${line}\n`;
    if (text.length < GATHERED_CHARS) continue;
    chars += text.length;
    if (chars > charsMax) throw tooLong(trace, charsMax);
    yield text;
    text = '';
  }
  yield text;
}

/** Only whole groups of three bytes can be written one after the other. */
async function* inBase64(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    const end = bytes.length - (bytes.length % 3);
    yield bytes.toString('base64', 0, end);
    left = bytes.subarray(end);
  }
  yield left.toString('base64');
}

function tooLong(trace: Trace, charsMax: number): ProblemError {
  return new ProblemError({
    title: `The run is too long for a page: ${formatCount(trace.length)} steps, with more than ${formatCount(charsMax)} characters.`,
    remedy:
      'Save its first steps only: npx phasmoscope report FILE --html PAGE --to STEP. Or shrink the run first.',
  });
}
