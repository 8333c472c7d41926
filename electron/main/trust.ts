import { resolve } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { ProblemError } from '../../core/problem.ts';
import type { Settings } from './settings.ts';

/**
 * Which machine files may run. This is the one place that decides, and the main process asks it
 * before it starts a host process for any file:
 *
 * - A sample runs: it is a part of Phasmoscope.
 * - A file runs when the person opened it as a machine: in the dialog for machines, by dropping it,
 *   on the command line, or earlier, which is remembered by its path. It may be edited since then:
 *   what the person agreed to is their file, not a digest of it.
 * - Any other file runs only after the person agreed, in a dialog of the main process that names its
 *   whole path. That holds for a restored session whose agreements are gone, and for
 *   whatever a page that was taken over asks for.
 * - A trace names its machine by a name, never by a path, and opening it runs nothing. To verify it
 *   or to run on, the person chooses the machine's file, which opens it as a machine; only one of
 *   that name that is open, or a sample, is taken without asking.
 */
export class Trust {
  readonly #settings: Settings;
  readonly #window: () => BrowserWindow;

  constructor(settings: Settings, window: () => BrowserWindow) {
    this.#settings = settings;
    this.#window = window;
    // Before agreements were kept, what was opened as a machine was in this list only.
    for (const { kind, path } of settings.recents) if (kind === 'machine') this.agree(path);
  }

  /** Remembers that the person has opened a file as a machine. */
  agree(path: string): void {
    this.#settings.addAgreed(resolve(path));
  }

  /**
   * Asks for agreement, unless there is one.
   *
   * @throws {ProblemError} when the person does not want the file to run.
   */
  async requireAgreement(path: string): Promise<void> {
    const file = resolve(path);
    if (this.#settings.agreed.includes(file)) return;
    const { response } = await dialog.showMessageBox(this.#window(), {
      type: 'warning',
      message: 'Run this machine?',
      detail:
        `${file}\n\nYou have not opened this file as a machine before. Running it executes its ` +
        'code, and the code that it imports, on this computer. Run it only if you trust where it ' +
        'comes from.',
      buttons: ['Not now', 'Run this machine'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response !== 1) {
      throw new ProblemError({
        title: `${file} was not run.`,
        remedy: 'Nothing of it was executed. Open it as a machine if you want to run it.',
      });
    }
    this.agree(file);
  }
}
