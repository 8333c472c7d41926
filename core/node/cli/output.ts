import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { ProblemError, toProblem, type Problem } from '../../problem.ts';
import { printJson } from '../report/print.ts';

/** How a command ended, as its exit code. */
export const EXIT = {
  /** Done, and nothing found. */
  done: 0,
  /** Done, with a finding or a difference. */
  found: 1,
  /** Wrong usage or bad input. */
  refused: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command writes over: only what is like it, so that nothing else is lost. */
interface OutputKind {
  /** With its article. */
  readonly name: string;
  /** How such a file begins. */
  readonly like: RegExp;
}

/** The files that commands write, apart from traces. */
export const OUTPUT = {
  report: { name: 'a report of a sweep', like: /^\s*\{\s*"machine"/ },
  junit: { name: 'a JUnit report', like: /^\s*<(?:\?xml|testsuites?)\b/ },
  test: { name: 'an exported test', like: /\bphasmoscope\/testing\b/ },
  chrome: {
    name: 'a trace of Chrome',
    like: /^\s*\{\s*"(?:traceEvents|displayTimeUnit|otherData)"/,
  },
  itf: { name: 'an ITF trace', like: /^\s*\{\s*"#meta"/ },
} as const satisfies Record<string, OutputKind>;

/** So much of a file tells what it is. */
const HEAD_BYTES = 4_096;

/**
 * Makes sure that a file can be written. A command may take hours: that its answer has no place is
 * told before.
 *
 * @param kind what may be at its place; anything, when it is left out.
 * @throws {ProblemError} when it cannot, or something else is there.
 */
export async function requireWritable(path: string | undefined, kind?: OutputKind): Promise<void> {
  if (path === undefined) return;
  const stats = await stat(path).catch(() => undefined);
  try {
    // An empty file at its place would look like an answer, and another command may put one there.
    const tried = stats ? path : `${path}.${process.pid}.try`;
    await (await open(tried, 'a')).close();
    if (!stats) await rm(tried);
  } catch (error) {
    throw new ProblemError(
      {
        title: `${path} cannot be written: ${reasonOf(error as NodeJS.ErrnoException)}.`,
        remedy: 'Give a file in a folder that exists and may be written to.',
      },
      { cause: error },
    );
  }
  if (!kind || !stats?.isFile() || stats.size === 0 || kind.like.test(await headOf(path))) return;
  throw new ProblemError({
    title: `${path} exists and is not ${kind.name}, so it is not overwritten.`,
    remedy: 'Give another name, or remove the file first.',
  });
}

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES) });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Without the name of the file, which may be that of a try. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'what should be its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'this is not allowed',
  EROFS: 'the disk cannot be written to',
  ENOSPC: 'the disk is full',
};

/**
 * Makes sure that a file is not to be several things at once.
 *
 * @throws {ProblemError} when two names are of one file.
 */
export function requireDistinct(paths: Readonly<Record<string, string | undefined>>): void {
  const names = new Map<string, string>();
  for (const [name, path] of Object.entries(paths)) {
    if (path === undefined) continue;
    const known = names.get(resolve(path));
    names.set(resolve(path), name);
    if (known === undefined) continue;
    throw new ProblemError({
      title: `${path} cannot be both ${known} and ${name}: one would be lost.`,
      remedy: 'Give each a file of its own.',
    });
  }
}

/**
 * Makes sure that files can be written to a folder, which is made if it is not there.
 *
 * @throws {ProblemError} when they cannot.
 */
export async function requireFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new ProblemError(
        {
          title: `${path} cannot be made a folder: ${reasonOf(error as NodeJS.ErrnoException)}.`,
          remedy: 'Give a folder that is there, or is in one that may be written to.',
        },
        { cause: error },
      );
    }
  }
  await requireWritable(join(path, 'seed'));
}

/** Tells a problem and answers the exit code for it. */
export function refuse(error: unknown, asJson: boolean): ExitCode {
  const problem: Problem = toProblem(error, 'The command failed');
  if (asJson) printJson({ error: problem });
  tellProblem(problem);
  return EXIT.refused;
}

/** Tells people a problem, apart from the answer. */
export function tellProblem({ title, details, remedy }: Problem): void {
  process.stderr.write(`${pc.red('error:')} ${title}\n`);
  if (details) process.stderr.write(`${pc.dim(details)}\n`);
  if (remedy) process.stderr.write(`${remedy}\n`);
}

/** How often the progress of a command is shown anew, at most. */
const PROGRESS_MS = 50;

/** Shows on standard error how far a long command is, when a person is looking. */
export class ProgressLine {
  readonly #isShown = process.stderr.isTTY;
  #shownMs = Number.NEGATIVE_INFINITY;

  /** Shows how far it is, unless that was shown just now. */
  show(describe: () => string): void {
    if (!this.#isShown || performance.now() - this.#shownMs < PROGRESS_MS) return;
    this.#shownMs = performance.now();
    process.stderr.write(`\r\u001b[2K${pc.dim(describe())}`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[2K');
  }
}
