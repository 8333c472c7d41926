import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ProblemError } from '../../core/problem.ts';

/** A place in a file, counted from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** VS Code and what is made of it. */
const GO_TO = ['code', 'code-insiders', 'codium', 'vscodium', 'cursor', 'windsurf'];
/** Editors that take the place behind the name of the file. */
const COLONS = ['subl', 'zed', 'zeditor'];
const LINE_FLAG = ['idea', 'webstorm'];
/** Editors with a window that take the line before the file. */
const PLUS = ['gvim', 'mvim', 'emacs', 'emacsclient', 'gedit', 'kate', 'mousepad', 'xed'];
/** Editors that need a terminal. */
const TERMINAL = ['vi', 'vim', 'nvim', 'nano', 'pico', 'micro', 'hx', 'helix', 'ed', 'kak', 'joe'];

const DEFAULT = 'code';

const REMEDY =
  'Choose an editor in the settings, such as "code" or "subl", or one with {file} and {line}.';

/**
 * The command that opens a place in an editor, as a program and its arguments.
 *
 * @param setting a command line; `{file}`, `{line}` and `{column}` stand for the place. Empty for that of
 * the environment (`VISUAL`, `EDITOR`), or VS Code.
 * @throws {ProblemError} for an editor that needs a terminal.
 */
export function editorCommand(
  setting: string,
  place: FilePlace,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const { VISUAL = '', EDITOR = '' } = environment;
  const text = [setting, VISUAL, EDITOR].find((one) => one.trim() !== '') ?? DEFAULT;
  const words = wordsOf(text);
  if (words.some((word) => word.includes('{file}'))) {
    return words.map((word) =>
      word.replace(/\{(file|line|column)\}/g, (_, name: keyof FilePlace) => String(place[name])),
    );
  }
  const { file, line, column } = place;
  const name = basename(words[0] ?? '').replace(/\.(?:exe|cmd)$/i, '');
  if (TERMINAL.includes(name)) {
    throw new ProblemError({ title: `${name} needs a terminal to run in.`, remedy: REMEDY });
  }
  if (GO_TO.includes(name)) return [...words, '--goto', `${file}:${line}:${column}`];
  if (COLONS.includes(name)) return [...words, `${file}:${line}:${column}`];
  if (LINE_FLAG.includes(name)) return [...words, '--line', String(line), file];
  return PLUS.includes(name) ? [...words, `+${line}`, file] : [...words, file];
}

/** The words of a command line; quotes keep spaces. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/**
 * Starts a program that outlives this one.
 *
 * @throws {ProblemError} when it cannot be started.
 */
export function startProgram([program = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const started = spawn(program, args, { detached: true, stdio: 'ignore' });
    started.once('spawn', () => {
      started.unref();
      resolve();
    });
    started.once('error', (error) => {
      const title = `The editor ${program} could not be started: ${error.message}`;
      reject(new ProblemError({ title, remedy: REMEDY }));
    });
  });
}
