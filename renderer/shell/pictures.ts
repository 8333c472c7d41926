import { request } from '../api.ts';
import { showNotice, showProblem } from '../session/notices.ts';
import { savePicture } from '../session/saving.ts';
import { VIEWS } from '../words/views.ts';
import { focusedView } from './panes.ts';
import { areaOfSubject, whenSettled, whilePictured, type PictureSubject } from './pictured.ts';

/** What there is a still picture of by a command. */
type StillSubject = Exclude<PictureSubject, 'window'>;

/** Saves a picture of something on the screen to a file that the user chooses. */
export async function savePictureOf(subject: PictureSubject): Promise<void> {
  const bytes = await takePicture(subject);
  if (bytes) await savePicture({ kind: 'picture', bytes }, nameOfSubject(subject));
}

/** What something on the screen is called in the name of a file. */
export function nameOfSubject(subject: PictureSubject): string {
  return subject === 'view' ? focusedView() : subject;
}

/** Copies a picture of something on the screen. */
export async function copyPicture(subject: StillSubject): Promise<void> {
  const words = subject === 'view' ? `the view ${VIEWS[focusedView()].label}` : 'the timeline';
  const picture = await takePicture(subject);
  if (!picture) return;
  try {
    const blob = new Blob([picture], { type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return showNotice(`Nothing was copied: ${reason}`);
  }
  showNotice(`Copied a picture of ${words}`);
}

/** Returns a PNG; `undefined` when there is none, which is reported, or while another one is taken. */
function takePicture(subject: PictureSubject): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return whilePictured(subject, async () => {
    await whenSettled();
    const area = areaOfSubject(subject);
    if (!area) {
      showNotice('There is nothing on the screen to take a picture of.');
      return undefined;
    }
    const taken = await request('takePicture', { area, isSharp: true });
    if (taken.kind === 'ok') return taken.value;
    showProblem(taken.problem);
    return undefined;
  });
}
