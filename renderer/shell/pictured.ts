import type { PictureSubject } from '../../core/contract/picture-order.ts';
import type { Area } from '../../core/contract/picture.ts';
import { ProblemError } from '../../core/problem.ts';
import { isAwaitingAnswers } from '../api.ts';
import { areaOf } from './picture-area.ts';
import './pictures.css';

const PLACES: Readonly<Record<PictureSubject, string>> = {
  view: '.panes > .panel > .tab-panel, .pane[data-focused="true"] > .pane-body',
  timeline: '.timeline-body',
  window: '.window',
};

/**
 * The part of the window that shows something.
 *
 * @throws {ProblemError} when nothing does.
 */
export function requireArea(subject: PictureSubject): Area {
  const element = document.querySelector(PLACES[subject]);
  const width = window.innerWidth;
  // The status bar is about the program, and says what the program is doing for the picture.
  const bar = document.querySelector('.status-bar');
  const height = bar?.getBoundingClientRect().top ?? window.innerHeight;
  const area = element && areaOf(element.getBoundingClientRect(), { width, height });
  if (area) return area;
  throw new ProblemError({ title: 'There is nothing on the screen to take a picture of.' });
}

/**
 * Lets the window be pictured: style sheets hide meanwhile what belongs to the keyboard and the pointer.
 *
 * @returns what `act` returns; `undefined` while the window is pictured already.
 */
export async function whilePictured<Result>(
  subject: PictureSubject,
  act: () => Promise<Result>,
): Promise<Result | undefined> {
  const { dataset } = document.documentElement;
  if (dataset['pictured'] !== undefined) return undefined;
  dataset['pictured'] = subject;
  try {
    return await act();
  } finally {
    delete dataset['pictured'];
  }
}

/** What moves, or is read, for longer than this is in the picture as it is by then. */
const SETTLING_MS_MAX = 5_000;

/** So many frames in a row must find nothing under way: an answer may lead to another question. */
const CALM_FRAMES = 3;

/**
 * Waits until all that is on the screen has come to rest: the menu or dialog that asked for a picture is
 * gone, and the panels show the step at the cursor.
 */
export async function whenSettled(): Promise<void> {
  const endMs = performance.now() + SETTLING_MS_MAX;
  let calmFrames = 0;
  while (calmFrames < CALM_FRAMES && performance.now() < endMs) {
    await nextFrame();
    calmFrames = isUnderWay() ? 0 : calmFrames + 1;
  }
}

function isUnderWay(): boolean {
  if (isAwaitingAnswers() || document.querySelector('.tab-panel [aria-busy="true"]')) return true;
  // What moves without an end, such as a spinner, never rests.
  return document
    .getAnimations()
    .some(
      ({ playState, effect }) =>
        playState === 'running' && Number.isFinite(effect?.getComputedTiming().endTime),
    );
}

/** A window that nobody sees has no frames. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
