import type { Stats } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ProblemError, toProblem, type Problem } from '../../problem.ts';
import { codeOf } from '../../thrown.ts';
import { readHead } from '../files/file-kind.ts';
import { whyNotWritten } from '../files/refusals.ts';
import { signs } from '../files/signs-of-life.ts';
import { statsOrNone } from '../files/write-file.ts';
import { printErrorIndented, printErrorLine, printJson, style } from '../report/print.ts';

/** How a command ended, as its exit code. */
export const EXIT = {
  /** Done; nothing was found. */
  done: 0,
  /** Done, with a finding or a difference. */
  found: 1,
  /** Wrong usage, unusable input or an incomplete result. */
  refused: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A kind of file that a command writes. It overwrites only files of the same kind. */
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
  markdown: { name: 'a report in Markdown', like: /^# / },
  picture: { name: 'a picture', like: /^.PNG|^GIF8/ },
  page: { name: 'a page of a run', like: /<meta name="generator" content="Phasmoscope">/ },
  inputs: { name: 'a list of inputs', like: /^\s*\[/ },
  itf: { name: 'an ITF trace', like: /^\s*\{\s*"#meta"|^\s*\{[^]*"vars"\s*:\s*\[/ },
} as const satisfies Record<string, OutputKind>;

/** The formats that a trace can be exported to, by name. */
export const EXPORT_FORMATS = ['chrome', 'itf'] as const;

/**
 * Makes sure that a file can be written, before a command starts that may take hours.
 *
 * @param kind what may be overwritten; anything by default.
 * @throws {ProblemError} when it cannot be written, or a file of another kind is there.
 */
export async function requireWritable(path: string | undefined, kind?: OutputKind): Promise<void> {
  if (path === undefined) return;
  let stats: Stats | undefined;
  try {
    stats = await statsOrNone(path);
    // Creating the file itself would leave an empty result behind when the command fails.
    if (stats) await (await open(path, 'a')).close();
    else await probe(`${path}.${process.pid}.probe`);
  } catch (error) {
    throw new ProblemError(
      {
        title: `${path} cannot be written: ${whyNotWritten(error)}.`,
        remedy: 'Give a file in a folder that exists and may be written to.',
      },
      { cause: error },
    );
  }
  if (!kind || !stats?.isFile() || stats.size === 0 || kind.like.test(readHead(path).text)) return;
  throw new ProblemError({
    title: `${path} exists and is not ${kind.name}, so it is not overwritten.`,
    remedy: 'Give another name, or remove the file first.',
  });
}

/** Creates a file and removes it; a signal in between does not leave it behind. */
async function probe(path: string): Promise<void> {
  signs.half(path, true);
  try {
    await (await open(path, 'a')).close();
    await rm(path);
  } finally {
    signs.half(path, false);
  }
}

/**
 * Makes sure that no two outputs go to the same file.
 *
 * @throws {ProblemError} when two options name the same file.
 */
export function requireDistinct(paths: Readonly<Record<string, string | undefined>>): void {
  const names = new Map<string, string>();
  for (const [name, path] of Object.entries(paths)) {
    if (path === undefined) continue;
    const known = names.get(resolve(path));
    names.set(resolve(path), name);
    if (known === undefined) continue;
    throw new ProblemError({
      title: `${path} is given for both ${known} and ${name}: one would overwrite the other.`,
      remedy: 'Give two different files.',
    });
  }
}

/**
 * Makes sure that files can be written to a folder, and creates it if it does not exist.
 *
 * @throws {ProblemError} when files cannot be written there.
 */
export async function requireFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new ProblemError(
        {
          title: `The folder ${path} cannot be created: ${whyNotWritten(error)}.`,
          remedy: 'Give a folder that exists, or whose parent exists and may be written to.',
        },
        { cause: error },
      );
    }
  }
  await requireWritable(join(path, 'seed'));
}

/** Prints an error and returns the exit code for it. */
export function refuse(error: unknown, asJson: boolean): ExitCode {
  const problem: Problem = toProblem(error, 'The command failed');
  if (asJson) printJson({ error: problem });
  printProblem(problem);
  return EXIT.refused;
}

/** Prints a problem to standard error. */
export function printProblem({ title, details, remedy }: Problem): void {
  printErrorLine(style.red('error:'), ` ${title}`);
  if (details) printErrorIndented('  ', details);
  if (remedy) printErrorLine(remedy);
}
