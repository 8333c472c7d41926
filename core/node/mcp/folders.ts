import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ProblemError } from '../../problem.ts';
import { holdsTrace } from '../files/file-kind.ts';
import { isWithin, withoutLinks } from '../files/reach.ts';
import { statsOf } from '../files/stats.ts';
import { readCatalog } from '../load/samples.ts';

/** How the name of a trace ends that is written here: nothing else can be overwritten by it. */
const TRACE_NAME = /\.jsonl(?:\.gz)?$/;

/**
 * The folders in which an agent may have machines run, and traces read and written. Paths are compared
 * without their links, so that no link leads outside.
 */
export class Folders {
  /** Absolute, without links; the first one is where relative paths begin. */
  readonly roots: readonly [string, ...string[]];

  /** @throws {ProblemError} for what is not a folder. */
  constructor(paths: readonly string[], workingFolder: string) {
    const [first = workingFolder, ...others] = paths;
    this.roots = [
      rootOf(first, workingFolder),
      ...others.map((path) => rootOf(path, workingFolder)),
    ];
  }

  /**
   * What names a machine on a command line: a sample, or the path of a file inside.
   *
   * @throws {ProblemError} as {@link existing} does.
   */
  machine(text: string): string {
    return readCatalog().samples.some(({ name }) => name === text) ? text : this.existing(text);
  }

  /**
   * The path of a file or folder inside.
   *
   * @throws {ProblemError} for one that does not exist, or lies outside.
   */
  existing(text: string): string {
    const path = this.#inside(text);
    if (statsOf(path)) return path;
    throw new ProblemError({
      title: `No file or folder has the path ${text}.`,
      remedy: `Relative paths begin in ${this.roots[0]}.`,
    });
  }

  /**
   * The path of a file inside that may be written.
   *
   * @throws {ProblemError} for one outside, or whose folder does not exist.
   */
  writable(text: string): string {
    return this.#inside(text);
  }

  /**
   * The path of a trace inside that may be written. Only a trace is overwritten.
   *
   * @throws {ProblemError} for one outside, for another kind of name, or where another kind of file is.
   */
  writableTrace(text: string): string {
    const path = this.#inside(text);
    if (!TRACE_NAME.test(path)) {
      throw new ProblemError({
        title: `${text} is not the name of a trace.`,
        remedy: 'Give a name that ends in .jsonl, or in .jsonl.gz for a compressed trace.',
      });
    }
    const stats = statsOf(path);
    if (!stats || (stats.isFile() && (stats.size === 0 || holdsTrace(path)))) return path;
    throw new ProblemError({
      title: `${text} exists and is not a trace, so it is not overwritten.`,
      remedy: 'Give another name.',
    });
  }

  #inside(text: string): string {
    const path = withoutLinks(resolve(this.roots[0], text));
    if (path !== undefined && this.roots.some((root) => isWithin(root, path))) return path;
    const list = this.roots.join(', ');
    if (path === undefined) {
      throw new ProblemError({
        title: `${text} leads nowhere: its folder does not exist, or it is a link to nothing.`,
        remedy: `Give a path in a folder that exists, inside of ${list}.`,
      });
    }
    throw new ProblemError({
      title: `${text} is outside of the folders that this server was started for.`,
      remedy:
        `Give a path inside of ${list}, or the name of a sample where a machine is meant. ` +
        'Another folder must be given when the server is started: phasmoscope mcp FOLDER.',
    });
  }
}

function rootOf(path: string, workingFolder: string): string {
  const whole = resolve(workingFolder, path);
  if (statsOf(whole)?.isDirectory()) return realpathSync(whole);
  throw new ProblemError({
    title: `There is no folder ${path}.`,
    remedy: 'Give the folders with the machines and traces, or none for the working directory.',
  });
}
