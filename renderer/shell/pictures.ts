import { request } from '../api.ts';
import { showNotice, showProblem } from '../session/notices.ts';
import { savePicture } from '../session/saving.ts';
import { VIEWS } from '../words/views.ts';
import { focusedView } from './panes.ts';
import { areaOf } from './picture-area.ts';
import './pictures.css';

/** What there are pictures of: the view in the pane that has the focus, and the timeline. */
export type PictureSubject = 'view' | 'timeline';

const PLACES: Readonly<Record<PictureSubject, string>> = {
  view: '.panes > .panel > .tab-panel, .pane[data-focused="true"] > .pane-body',
  timeline: '.timeline-body',
};

/** Saves a picture of something on the screen to a file that the user chooses. */
export async function savePictureOf(subject: PictureSubject): Promise<void> {
  const name = subject === 'view' ? focusedView() : subject;
  const picture = await takePicture(subject);
  if (picture) await savePicture(picture, name);
}

/** Copies a picture of something on the screen. */
export async function copyPicture(subject: PictureSubject): Promise<void> {
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
async function takePicture(subject: PictureSubject): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { dataset } = document.documentElement;
  if (dataset['pictured'] !== undefined) return undefined;
  // Style sheets hide meanwhile what belongs to the keyboard and the pointer.
  dataset['pictured'] = '';
  try {
    await whenCalm();
    const element = document.querySelector(PLACES[subject]);
    const room = { width: window.innerWidth, height: window.innerHeight };
    const area = element && areaOf(element.getBoundingClientRect(), room);
    if (!area) {
      showNotice('There is nothing on the screen to take a picture of.');
      return undefined;
    }
    const taken = await request('takePicture', area);
    if (taken.kind === 'ok') return taken.value;
    showProblem(taken.problem);
    return undefined;
  } finally {
    delete dataset['pictured'];
  }
}

/** What moves longer than this is in the picture as it is by then. */
const CALM_MS_MAX = 1_000;

/** Waits until the menu or dialog that asked for a picture is gone, and what moves has come to rest. */
async function whenCalm(): Promise<void> {
  const finite = document
    .getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
  await Promise.race([
    Promise.allSettled(finite.map(({ finished }) => finished)),
    new Promise((resolve) => setTimeout(resolve, CALM_MS_MAX)),
  ]);
}
