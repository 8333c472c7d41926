import { dialog, type BrowserWindow } from 'electron';
import type { Problem } from '../../core/problem.ts';
import { showText } from '../../core/text/visible.ts';

/**
 * Problems with the window's surroundings, each in a dialog over the window. The window works all the
 * same, with defaults. Those that come up before it is shown wait for it.
 */
export class Warnings {
  readonly #window: () => BrowserWindow | undefined;
  readonly #waiting: Problem[] = [];

  /** @param window returns the window while there is one. */
  constructor(window: () => BrowserWindow | undefined) {
    this.#window = window;
  }

  /** Reports a problem now, or as soon as the window is shown. */
  readonly report = (problem: Problem): void => {
    const window = this.#window();
    if (window?.isVisible() === true) show(window, problem);
    else this.#waiting.push(problem);
  };

  /** Reports what has waited for the window. */
  windowIsShown(): void {
    for (const problem of this.#waiting.splice(0)) this.report(problem);
  }
}

/** Reports a problem that the window shows by itself to whoever started the program. */
export function logWarning(title: string): void {
  process.stderr.write(`warning: ${showText(title)}\n`);
}

function show(window: BrowserWindow, { title, remedy, details }: Problem): void {
  logWarning(title);
  const detail = [remedy, details].filter((part) => part !== undefined).join('\n\n');
  void dialog.showMessageBox(window, {
    type: 'warning',
    message: title,
    detail,
    buttons: ['Go on'],
  });
}
