import { assertNever } from '../../core/assert.ts';
import { currentTalk, endTalk, showSpeaker, toggleBlack, turn, turnTo } from '../session/talk.ts';
import { talkAction, type TalkAction } from './talk-keys.ts';

/** Lets the keys of a window, and the clicker that is connected to it, move the talk. Returns what ends that. */
export function listenToTalkKeys(view: Window): () => void {
  const listen = (event: KeyboardEvent) => {
    const action = talkAction(event);
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(action, view);
  };
  view.addEventListener('keydown', listen, { capture: true });
  return () => view.removeEventListener('keydown', listen, { capture: true });
}

function act(action: TalkAction, { document }: Window): void {
  switch (action) {
    case 'next':
      return turn(1);
    case 'previous':
      return turn(-1);
    case 'first':
      return turnTo(0);
    case 'last':
      return turnTo(Infinity);
    case 'black':
      return toggleBlack();
    case 'speaker':
      return showSpeaker(currentTalk()?.isSpeakerShown !== true);
    case 'screen':
      return void toggleFullscreen(document);
    case 'end':
      return endTalk();
    default:
      return assertNever(action, 'action');
  }
}

async function toggleFullscreen(page: Document): Promise<void> {
  try {
    if (page.fullscreenElement) await page.exitFullscreen();
    else await page.documentElement.requestFullscreen();
  } catch {
    // A page that may not fill the screen is told in its window.
  }
}
