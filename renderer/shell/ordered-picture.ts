import type { PictureOrder } from '../../core/contract/picture-order.ts';
import type { Picture } from '../../core/contract/picture.ts';
import { ProblemError, toProblem } from '../../core/problem.ts';
import { request } from '../api.ts';
import type { RunEntry } from '../session/model.ts';
import { selectRun, session } from '../session/store.ts';
import { makeFilm, onFilmProgress } from './film/film.ts';
import { takePicture } from './pictures.ts';
import { ui } from './ui-store.ts';

/** Takes the picture that the command line has ordered of the trace that was opened, and says how it went. */
export async function takeOrdered(order: PictureOrder): Promise<void> {
  try {
    const picture = await take(order);
    const saved = await request('savePicture', { suggestedName: '', picture });
    if (saved.kind === 'problem') throw new ProblemError(saved.problem);
    await request('tellPicture', { kind: 'taken' });
  } catch (error) {
    const problem = toProblem(error, 'The picture could not be taken');
    await request('tellPicture', { kind: 'problem', problem });
  }
}

async function take({ subject, film }: PictureOrder): Promise<Picture> {
  const { id, trace, problem } = (await runWhenRead()) ?? {};
  if (id === undefined || !trace) {
    throw new ProblemError(problem ?? { title: 'There is nothing to take a picture of.' });
  }
  // A view has the room of the panels that are not in its picture.
  const isWhole = subject === 'window';
  ui.setState({ isRunsShown: isWhole, isStepShown: isWhole });
  if (!film) return { kind: 'picture', bytes: requireTaken(await takePicture(subject)) };
  const stop = onFilmProgress(({ done, of }) => {
    void request('tellPicture', { kind: 'progress', done, of });
  });
  try {
    const { stepsPerSecond, ...stretch } = film;
    const to = Math.min(stretch.to, trace.length - 1);
    const plan = { ...stretch, to, subject, stepsPerSecond };
    return { kind: 'film', bytes: requireTaken(await makeFilm(plan, id)) };
  } finally {
    stop();
  }
}

/** The run on the screen as soon as all of it has been read, or could not be. */
function runWhenRead(): Promise<RunEntry | undefined> {
  return new Promise((resolve) => {
    const stop = session.subscribe(look);
    function look(): void {
      const run = selectRun(session.getState());
      if (run?.status === 'running' || run?.status === 'waiting') return;
      stop();
      resolve(run);
    }
    look();
  });
}

/** Nobody cancels a picture in a window that nobody sees. */
function requireTaken(bytes: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> {
  if (!bytes) throw new Error('no picture was taken');
  return bytes;
}
