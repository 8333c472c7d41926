import { currentTalk } from '../session/talk.ts';
import { isPressOf, parseKeys } from '../ui/keys.ts';
import { COMMAND_IDS, COMMANDS, type CommandId } from '../words/commands.ts';
import { isEnabled, isOffered, runCommand } from './commands.ts';

/** Listens to the keyboard until the returned function is called. */
export function listenToKeys(): () => void {
  const bindings = COMMAND_IDS.filter(isOffered).flatMap((id) =>
    COMMANDS[id].keys.map((keys) => ({ id, keys, binding: parseKeys(keys) })),
  );
  const bound = new Set(bindings.map(({ binding }) => binding.key.toLowerCase()));
  const isBound = (key: string) => bound.has(key.toLowerCase());
  const handler = (event: KeyboardEvent) => {
    // What an input method composes is text.
    if (event.isComposing) return;
    const pressed = bindings.filter(({ binding }) => isPressOf(event, binding, isBound));
    // The same keys show a view of a run, or that of a sweep.
    const found = pressed.find(({ id }) => isEnabled(id)) ?? pressed[0];
    if (found) press(event, found.id, found.keys);
  };
  const early = (event: KeyboardEvent) => {
    if (takesFirst(event)) handler(event);
  };
  const late = (event: KeyboardEvent) => {
    if (!takesFirst(event)) handler(event);
  };
  window.addEventListener('keydown', early, { capture: true });
  window.addEventListener('keydown', late);
  return () => {
    window.removeEventListener('keydown', early, { capture: true });
    window.removeEventListener('keydown', late);
  };
}

/**
 * Controls that keep the focus after they were used would consume keys that the person no longer
 * means for them, so the window takes those keys first: a closed picker would pick something else
 * unseen by letters and arrows, and the run that was clicked in the list, and is shown already,
 * would be pressed again by Space.
 */
function takesFirst({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[aria-haspopup="listbox"]') !== null) return true;
  return key === ' ' && isOnShown(target);
}

/** Whether a press would show what is shown already. */
function isOnShown(target: HTMLElement): boolean {
  return target.closest('button[aria-current="true"]') !== null;
}

/** These undo what was typed, where something is being typed. */
const EDITING: ReadonlySet<string> = new Set(['$mod+z', '$mod+Shift+z', '$mod+y']);

function press(event: KeyboardEvent, command: CommandId, keys: string): void {
  // The window lies under the talk: nothing in it may change unseen.
  if (currentTalk()) return;
  const isChord = (keys.includes('$mod') && !EDITING.has(keys)) || keys.startsWith('F1');
  if (event.defaultPrevented || (!isChord && belongsToControl(event))) return;
  event.preventDefault();
  event.stopPropagation();
  runCommand(command);
}

/** Plain keys are for what is being typed in, chosen from, or pressed. */
function belongsToControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, [role="listbox"], [role="menu"], [role="dialog"]')) {
    return true;
  }
  const isPressKey = (key === ' ' && !isOnShown(target)) || key === 'Enter';
  return isPressKey && target.closest('button, a, [role="button"], [role="treeitem"]') !== null;
}
