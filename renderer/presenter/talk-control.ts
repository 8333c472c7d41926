import { assertNever } from '../../core/assert.ts';
import { currentTalk, endTalk, showSpeaker, toggleBlack, turn, turnTo } from '../session/talk.ts';
import { talkAction, type TalkAction } from './talk-keys.ts';

/**
 * Lets the keys of a window, and the clicker that is connected to it, move the talk. Other plain keys do
 * nothing, but Tab moves the focus. Returns what ends that.
 */
export function listenToTalkKeys(view: Window): () => void {
  const listen = (event: KeyboardEvent) => {
    if (belongsToFocus(event)) return;
    const action = talkAction(event);
    if (!action && !isPlain(event)) return;
    event.stopImmediatePropagation();
    if (!action) return;
    event.preventDefault();
    act(action, view);
  };
  view.addEventListener('keydown', listen, { capture: true });
  return () => view.removeEventListener('keydown', listen, { capture: true });
}

/** Tab moves the focus, and a button or link that has it is pressed as everywhere else. */
function belongsToFocus({ key, target }: KeyboardEvent): boolean {
  if (key === 'Tab') return true;
  if (key !== 'Enter' && key !== ' ') return false;
  // An element of the window of the speaker is no instance of the classes of this one.
  const element = target as Partial<Element> | null;
  return Boolean(element?.closest?.('button, a'));
}

function isPlain({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && !altKey;
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
    // Where a page may not fill the screen, its window reports it.
  }
}
