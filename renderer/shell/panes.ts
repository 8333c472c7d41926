import {
  close,
  fits,
  focus,
  focusBeside,
  keepOnly,
  onePane,
  PANES_MAX,
  show,
  showIn,
  split,
  viewsIn,
  type Arrangement,
  type Room,
  type SplitDirection,
} from '../session/arrangement.ts';
import { arrange, currentArrangement, useArrangement } from '../session/arrangements.ts';
import { askForOther, isBesideShown, useIsBesideShown } from '../session/beside.ts';
import type { RunEntry } from '../session/model.ts';
import { showNotice } from '../session/notices.ts';
import { selectRun, session } from '../session/store.ts';
import type { ViewId } from '../words/views.ts';
import { ui, useUi } from './ui-store.ts';
import { isViewOf, viewsOf } from './views.tsx';

/*
 * The arrangement as far as it can be shown: without the views that a run does not have, and with one
 * pane at a time where there is no room for all. The arrangement itself stays as it is.
 */

/**
 * The panes of the views that a run has, of which there is always one. A run that is compared with no other one has
 * its state where others have the comparison.
 */
function available(
  arrangement: Arrangement,
  run: RunEntry | undefined,
  isCompared: boolean,
): Arrangement {
  const isShown = (view: ViewId) => isViewOf(run, view) && (view !== 'beside' || isCompared);
  return keepOnly(arrangement, isShown) ?? onePane('state');
}

/** The panes that are shown of a run. */
export function useShownPanes(run: RunEntry | undefined): Arrangement {
  const panes = available(useArrangement(), run, useIsBesideShown(run));
  const hasRoom = useUi(({ room }) => room === undefined || fits(panes.root, room));
  return hasRoom ? panes : onePane(panes.focused);
}

function currentRun(): RunEntry | undefined {
  return selectRun(session.getState());
}

function currentPanes(): Arrangement {
  const run = currentRun();
  return available(currentArrangement(), run, isBesideShown(run));
}

/** The view in the pane that has the focus. */
export function focusedView(): ViewId {
  return currentPanes().focused;
}

/** Changes the arrangement, where the pane that has the focus is one that is shown. */
function change(act: (arrangement: Arrangement) => Arrangement): void {
  const { focused } = currentPanes();
  arrange((arrangement) => act(focus(arrangement, focused)));
}

/** Whether the run on the screen has a view. */
export function canShow(view: ViewId): boolean {
  return isViewOf(currentRun(), view);
}

/** Shows a view in its pane, which gets the focus, or else in the pane that has the focus. */
export function showView(view: ViewId): void {
  noteAsked(view);
  change((arrangement) => show(arrangement, view));
}

/** Shows a view in a pane; if another pane shows it, the two panes swap their views. */
export function showViewIn(pane: ViewId, view: ViewId): void {
  noteAsked(view);
  arrange((arrangement) => showIn(arrangement, pane, view));
}

function noteAsked(view: ViewId): void {
  const run = currentRun();
  if (view === 'beside' && run) askForOther(run.id);
}

/** Whether there is more than one pane. */
export function hasOtherPanes(): boolean {
  return viewsIn(currentPanes().root).length > 1;
}

/** A view that a new pane can show: the first one in the list that no pane shows. */
function viewForNewPane(): ViewId | undefined {
  const run = currentRun();
  const shown = viewsIn(currentArrangement().root);
  return run && viewsOf(run).find((view) => !shown.includes(view));
}

/** Whether the pane that has the focus can be divided, if there is room. */
export function canSplit(): boolean {
  return viewsIn(currentArrangement().root).length < PANES_MAX && viewForNewPane() !== undefined;
}

/** Divides the pane that has the focus, or says that there is no room. */
export function splitPane(direction: SplitDirection): void {
  const view = viewForNewPane();
  if (view === undefined) return;
  const divided = split(currentPanes(), direction, view);
  const room = measureRoom();
  if (room && !fits(divided.root, room)) {
    showNotice('No room for another pane. Hide the runs or the step, or enlarge the window.');
    return;
  }
  noteAsked(view);
  change((arrangement) => split(arrangement, direction, view));
  moveFocus();
}

/**
 * The room for the panes as it is now. What the store holds is as old as the last frame: a person who
 * hides the runs and splits at once means the room that this makes.
 */
function measureRoom(): Room | undefined {
  const place = document.querySelector('.panes');
  return place ? { widthPx: place.clientWidth, heightPx: place.clientHeight } : ui.getState().room;
}

/** Closes a pane, or the one that has the focus. */
export function closePane(view: ViewId = currentPanes().focused): void {
  change((arrangement) => close(arrangement, view));
  moveFocus();
}

/** Gives the focus to the next pane, or to the previous one. */
export function focusPaneBeside(stride: 1 | -1): void {
  const { focused } = focusBeside(currentPanes(), stride);
  arrange((arrangement) => focus(arrangement, focused));
  moveFocus();
}

/** Notes that the person works in a pane. */
export function noteFocus(view: ViewId): void {
  arrange((arrangement) => focus(arrangement, view));
}

/** The keyboard goes to the pane that has the focus, once it is there. */
function moveFocus(): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('.pane[data-focused="true"]')?.focus(),
  );
}
