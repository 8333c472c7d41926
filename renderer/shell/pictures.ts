import type { PictureSubject } from '../../core/contract/picture-order.ts';
import { nameOfView } from '../../core/contract/place.ts';
import { ProblemError, toProblem } from '../../core/problem.ts';
import { messageOf } from '../../core/thrown.ts';
import { request } from '../api.ts';
import { showNotice, showProblem } from '../session/notices.ts';
import { savePicture } from '../session/saving.ts';
import { VIEWS } from '../words/views.ts';
import { focusedView } from './panes.ts';
import { requireArea, whenSettled, whilePictured } from './pictured.ts';

/** What there is a still picture of by a command. */
type StillSubject = Exclude<PictureSubject, 'window'>;

/** Saves a picture of something on the screen to a file that the user chooses. */
export async function savePictureOf(subject: PictureSubject): Promise<void> {
  const bytes = await takeOrTell(subject);
  if (bytes) await savePicture({ kind: 'picture', bytes }, nameOfSubject(subject));
}

/** What something on the screen is called in the name of a file. */
export function nameOfSubject(subject: PictureSubject): string {
  return subject === 'view' ? nameOfView(focusedView()) : subject;
}

/** Copies a picture of something on the screen. */
export async function copyPicture(subject: StillSubject): Promise<void> {
  const words = subject === 'view' ? `the view ${VIEWS[focusedView()].label}` : 'the timeline';
  const picture = await takeOrTell(subject);
  if (!picture) return;
  try {
    const blob = new Blob([picture], { type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
  } catch (error) {
    return showNotice(`Nothing was copied: ${messageOf(error)}`);
  }
  showNotice(`Copied a picture of ${words}`);
}

/** Takes a picture as {@link takePicture} does; what goes wrong is reported. */
async function takeOrTell(subject: PictureSubject): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await takePicture(subject);
  } catch (error) {
    showProblem(toProblem(error, 'The picture could not be taken'));
    return undefined;
  }
}

/**
 * Takes a picture of something on the screen when all panels have come to rest.
 *
 * @returns a PNG of twice the size; `undefined` while another one is taken.
 * @throws {ProblemError} when there is nothing to take a picture of.
 */
export function takePicture(subject: PictureSubject): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return whilePictured(subject, async () => {
    await whenSettled();
    const taken = await request('takePicture', { area: requireArea(subject), isSharp: true });
    if (taken.kind === 'problem') throw new ProblemError(taken.problem);
    return taken.value;
  });
}
