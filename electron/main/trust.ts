import { resolve } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { ProblemError } from '../../core/problem.ts';
import { showText } from '../../core/text/visible.ts';
import type { Settings } from './settings.ts';

/**
 * Which machine files may run. This is the one place that decides, and the main process asks it
 * before it starts a host process for any file:
 *
 * - A sample runs: it is a part of Phasmoscope.
 * - A file runs if the user opened it as a machine: in the dialog for machines, by dropping it, on the
 *   command line, or earlier, which is remembered by its path. It may have been edited since then: the
 *   user agreed to the file, not to its contents.
 * - Any other file runs only after the user agreed, in a dialog of the main process that names its
 *   whole path. This includes a restored session whose agreements are gone, and every request of a
 *   compromised page.
 * - A trace gives the name of its machine, never a path, and opening it runs nothing. To verify or
 *   rerun it, the user chooses the machine's file, which opens it as a machine; only an open machine of
 *   that name, or a sample, is used without asking.
 */
export class Trust {
  readonly #settings: Settings;
  readonly #window: () => BrowserWindow;

  constructor(settings: Settings, window: () => BrowserWindow) {
    this.#settings = settings;
    this.#window = window;
    // Before agreements were kept, machines that were opened were in this list only.
    for (const { kind, path } of settings.recents) if (kind === 'machine') this.agree(path);
  }

  /** Asks whether a program may be started to edit files: the page alone does not decide that. */
  async agreesToProgram(command: string): Promise<boolean> {
    const { response } = await dialog.showMessageBox(this.#window(), {
      type: 'question',
      message: 'Open files with this program?',
      detail: showText(command),
      buttons: ['Not now', 'Use this program'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    return response === 1;
  }

  /** Remembers that the user has opened a file as a machine. */
  agree(path: string): void {
    this.#settings.addAgreed(resolve(path));
  }

  /**
   * Asks for agreement, unless there is one.
   *
   * @throws {ProblemError} when the user does not want the file to run.
   */
  async requireAgreement(path: string): Promise<void> {
    const file = resolve(path);
    if (this.#settings.agreed.includes(file)) return;
    const { response } = await dialog.showMessageBox(this.#window(), {
      type: 'warning',
      message: 'Run this machine?',
      detail:
        `${showText(file)}\n\nYou have not opened this file as a machine before. Running it executes its ` +
        'code, and the code that it imports, on this computer. Run it only if you trust where it ' +
        'comes from.',
      buttons: ['Not now', 'Run this machine'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response !== 1) {
      throw new ProblemError({
        title: `${showText(file)} was not run.`,
        remedy: 'None of its code was executed. Open it as a machine if you want to run it.',
      });
    }
    this.agree(file);
  }
}
