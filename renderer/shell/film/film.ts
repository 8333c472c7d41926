import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PictureSubject } from '../../../core/contract/picture-order.ts';
import type { Area } from '../../../core/contract/picture.ts';
import { ProblemError, toProblem } from '../../../core/problem.ts';
import { formatBytes } from '../../../core/text/quantities.ts';
import { request } from '../../api.ts';
import { goalOf, seekIn, whenPlaced } from '../../session/cursor.ts';
import { showNotice, showProblem } from '../../session/notices.ts';
import { savePicture, type Stretch } from '../../session/saving.ts';
import { selectRun, session } from '../../session/store.ts';
import { whileCalm } from '../../ui/motion.ts';
import { formatCount } from '../../words/format.ts';
import { requireArea, whenSettled, whilePictured } from '../pictured.ts';
import { nameOfSubject } from '../pictures.ts';
import { ui } from '../ui-store.ts';
import { Gif, type Pixels } from './gif.ts';

/*
 * Moving pictures: a stretch of steps as an animated GIF, which issue trackers, chats and slides show. The
 * window itself plays it, and each step is taken when all panels have come to rest.
 */

/** What issue trackers and mail still take, in bytes. */
export const FILM_BYTES_MAX = 24 * 1024 * 1024;

/** Steps a second. */
export const FILM_PACES = [1, 2, 5, 10] as const;

/** How long the last step stays before the film begins again, in milliseconds. */
const LAST_MS = 2_000;

/** What a film shows, and how fast. */
export interface FilmPlan extends Stretch {
  readonly subject: PictureSubject;
  readonly stepsPerSecond: number;
}

interface Filming {
  /** The run whose film is being asked for. */
  readonly askedFor: string | undefined;
  /** How far the film is that is being made. */
  readonly progress: FilmProgress | undefined;
}

/** How far a film is. */
export interface FilmProgress {
  readonly done: number;
  readonly of: number;
  readonly bytes: number;
}

const filming = createStore<Filming>(() => ({ askedFor: undefined, progress: undefined }));

let cancelling: AbortController | undefined;

/** What is asked for or made, in a component. */
export function useFilming(): Filming {
  return useStore(filming);
}

/** Whether the window is playing for a film: the person must not change what it shows. */
export function isFilming(): boolean {
  return filming.getState().progress !== undefined;
}

/** Asks which steps of the run on the screen a moving picture is to show. */
export function askForFilm(): void {
  filming.setState({ askedFor: selectRun(session.getState())?.id });
}

export function closeFilmDialog(): void {
  filming.setState({ askedFor: undefined });
}

/** Ends the film that is being made; nothing of it is saved. */
export function cancelFilm(): void {
  cancelling?.abort();
}

/** Makes a moving picture of the run on the screen, and saves it where the person chooses. */
export async function saveFilm(plan: FilmPlan): Promise<void> {
  const run = selectRun(session.getState());
  if (!run || isFilming()) return;
  const cursor = goalOf(run.id);
  try {
    const bytes = await makeFilm(plan, run.id);
    if (!bytes) showNotice('The moving picture was cancelled.');
    else await savePicture({ kind: 'film', bytes }, nameOfSubject(plan.subject), plan);
  } catch (error) {
    showProblem(toProblem(error, 'The moving picture could not be made'));
  }
  seekIn(run.id, cursor);
}

/**
 * Plays steps of the run on the screen, and takes a picture of each.
 *
 * @returns a GIF; `undefined` when it was cancelled.
 * @throws {ProblemError} when a frame cannot be taken, or the limits are exceeded.
 */
export async function makeFilm(
  plan: FilmPlan,
  runId: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  cancelling = new AbortController();
  const { signal } = cancelling;
  ui.setState({ isPlaying: false });
  filming.setState({ askedFor: undefined, progress: progressOf(plan, 0, 0) });
  try {
    return await whilePictured(plan.subject, () => whileCalm(() => shoot(plan, runId, signal)));
  } finally {
    filming.setState({ progress: undefined });
  }
}

/** Calls back whenever the film that is being made has another frame. */
export function onFilmProgress(listener: (progress: FilmProgress) => void): () => void {
  return filming.subscribe(({ progress }) => {
    if (progress) listener(progress);
  });
}

async function shoot(
  plan: FilmPlan,
  runId: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { from, to, subject, stepsPerSecond } = plan;
  const gif = new Gif();
  let area: Area | undefined;
  for (let step = from; step <= to; step += 1) {
    await goTo(runId, step);
    await whenSettled();
    if (signal.aborted) return undefined;
    area ??= requireArea(subject);
    requireSame(runId, area, requireArea(subject));
    gif.add(await takeFrame(area), step === to ? LAST_MS : 1_000 / stepsPerSecond);
    if (gif.size > FILM_BYTES_MAX) throw tooLarge(step - from);
    filming.setState({ progress: progressOf(plan, step - from + 1, gif.size) });
  }
  return gif.end();
}

function progressOf({ from, to }: Stretch, done: number, bytes: number): FilmProgress {
  return { done, of: to - from + 1, bytes };
}

function goTo(runId: string, step: number): Promise<void> {
  seekIn(runId, step);
  return new Promise((resolve) => {
    whenPlaced(runId, resolve);
  });
}

/** One pixel of a frame is one of the page, whatever the screen has. */
async function takeFrame(area: Area): Promise<Pixels> {
  const taken = await request('takePicture', { area, isSharp: false });
  if (taken.kind === 'problem') throw new ProblemError(taken.problem);
  const { width, height } = area;
  const image = await createImageBitmap(new Blob([taken.value]), {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  });
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (!context) throw new Error('there is no memory for a frame');
  context.drawImage(image, 0, 0);
  image.close();
  return context.getImageData(0, 0, width, height);
}

/** Whatever the window has to say may take room, or another run may have come. */
function requireSame(runId: string, area: Area, now: Area): void {
  const isSameRun = selectRun(session.getState())?.id === runId;
  if (isSameRun && now.width === area.width && now.height === area.height) return;
  throw new ProblemError({
    title: 'The moving picture was not made: what the window shows has changed meanwhile.',
    remedy: 'Leave the window as it is until all steps are taken.',
  });
}

function tooLarge(steps: number): ProblemError {
  return new ProblemError({
    title: `The moving picture was not made: ${formatCount(steps)} steps have more than ${formatBytes(FILM_BYTES_MAX)}.`,
    remedy: 'Choose fewer steps, or show only a view or the timeline.',
  });
}
