import { app, dialog, type BrowserWindow } from 'electron';
import { z } from 'zod';
import { parseLink, type Place } from '../../core/contract/place.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { statsOf } from '../../core/node/files/stats.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { showText } from '../../core/text/visible.ts';
import { linkIn } from './launch.ts';

/** What the program that was started with a link says to the one that is open. */
const handedOverSchema = z.object({ link: z.string() });

/**
 * Hands a link over to the program that is open, if there is one: it shows the place in its window.
 * Programs that are started with anything else stay beside each other.
 *
 * @param onLink is called with links that other programs hand over to this one.
 * @returns whether the link of this program was handed over, so that it has nothing to do.
 */
export function handOver(args: readonly string[], onLink: (link: string) => void): boolean {
  const link = linkIn(args);
  const isFirst = app.requestSingleInstanceLock(link === undefined ? {} : { link });
  app.on('second-instance', (_event, _args, _folder, given) => {
    const handedOver = handedOverSchema.safeParse(given);
    if (handedOver.success) onLink(handedOver.data.link);
  });
  // macOS gives links to the program that is open by itself.
  app.on('open-url', (_event, given) => onLink(given));
  if (link !== undefined && isFirst) onLink(link);
  return link !== undefined && !isFirst;
}

/** Where links are followed. */
interface Following {
  /** @throws an error when the window is closed. */
  readonly window: () => BrowserWindow;
  /** Is called with a place that the person agreed to open. */
  readonly onPlace: (place: Place) => void;
  readonly onProblem: (problem: Problem) => void;
}

/** The links that lead to places in the window. They wait until there is a window to ask over. */
export class Links {
  readonly #waiting: string[] = [];
  #following: Following | undefined;

  /** Brings the window to the front, and opens the place that a link leads to. */
  follow(link: string): void {
    this.#waiting.push(link);
    if (this.#following) void this.#followAll(this.#following);
  }

  /** Follows the links that have waited for the window, and from now on all that come. */
  windowIsReady(following: Following): void {
    this.#following = following;
    void this.#followAll(following);
  }

  /** One after the other: each asks. */
  async #followAll({ window, onPlace, onProblem }: Following): Promise<void> {
    for (const link of this.#waiting.splice(0)) {
      const over = window();
      if (over.isMinimized()) over.restore();
      over.focus();
      try {
        const place = await followLink(link, over);
        if (place) onPlace(place);
      } catch (error) {
        onProblem(toProblem(error, 'The link could not be opened'));
      }
    }
  }
}

/**
 * Reads a link, and asks whether its file may be opened. Whoever wrote the link is unknown, so it opens
 * nothing that runs: no machine, and no file that holds anything but a trace.
 *
 * @returns the place, or undefined if the person does not want to open it.
 * @throws {ProblemError} when the link cannot be followed.
 */
async function followLink(link: string, window: BrowserWindow): Promise<Place | undefined> {
  const place = parseLink(link);
  const { file } = place;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this trace?',
    detail: `${showText(file)}\n\nA link leads to it. The trace is only read: no code runs.`,
    buttons: ['Not now', 'Open'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response !== 1) return undefined;
  // Not before the person has agreed: a link must not find out which files there are.
  if (statsOf(file)?.isFile() !== true) {
    throw new ProblemError({
      title: `The link leads to ${showText(file)}, which is not a file on this computer.`,
      remedy: 'Put the trace there, or open it where it is.',
    });
  }
  if (openedAs(file) !== 'trace') {
    throw new ProblemError({
      title: `The link leads to ${showText(file)}, which is not a trace.`,
      remedy: 'Links open traces only. Open a machine with the menu if you trust it.',
    });
  }
  return place;
}
