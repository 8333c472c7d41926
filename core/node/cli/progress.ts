import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { signs } from '../files/signs-of-life.ts';
import { showInLastLine } from '../report/print.ts';

/** The least time between two updates of the progress. */
const PROGRESS_MS = 50;
const BAR_CHARS = 20;

/**
 * Whether progress is shown: on a terminal that somebody looks at.
 *
 * @param isTerminal whether standard error is one. The stream of this process is not asked: on a thread, it is a pipe.
 */
export function isProgressShown(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  isTerminal = isatty(2),
): boolean {
  // Services that keep a log may give their jobs a terminal, and name themselves so.
  const { CI: service, TERM: terminal } = environment;
  return isTerminal && terminal !== 'dumb' && (service === undefined || service === '');
}

/** @param share how much of the bar is filled, from 0 to 1. */
export function formatBar(share: number, chars: number): string {
  return '█'.repeat(Math.round(share * chars)).padEnd(chars, '·');
}

/** Shows the progress of a long command on standard error, if that is a terminal, and to whoever started it. */
export class ProgressLine {
  readonly #isShown: boolean;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(isShown = isProgressShown()) {
    this.#isShown = isShown;
  }

  /**
   * Shows the progress, unless it was updated just before.
   *
   * @param share how much is done, from 0 to 1, where that is known: it is shown as a bar.
   */
  show(describe: () => string, share?: number): void {
    if (performance.now() - this.#shownMs < PROGRESS_MS) return;
    this.#shownMs = performance.now();
    const text = describe();
    signs.progress(text);
    if (this.#isShown)
      showInLastLine(share === undefined ? text : `${describeShare(share)}  ${text}`);
  }

  clear(): void {
    if (this.#isShown) showInLastLine('');
  }
}

/** Shows what is going on, without how far it is, while `act` does it. */
export async function showWhile<Result>(
  words: string,
  act: () => Result | Promise<Result>,
  line = new ProgressLine(),
): Promise<Result> {
  line.show(() => words);
  try {
    return await act();
  } finally {
    line.clear();
  }
}

/** Shows which machine file is being bundled, until none is. */
export function showBundling(path: string | undefined): void {
  const line = new ProgressLine();
  if (path === undefined) line.clear();
  else line.show(() => `Bundling ${basename(path)}`);
}

function describeShare(share: number): string {
  // Of nothing, nothing is done.
  const known = share > 0 ? Math.min(1, share) : 0;
  // It is whole when it is done.
  const percent = String(Math.floor(known * 100)).padStart(3);
  return `${formatBar(known, BAR_CHARS)} ${percent} %`;
}
