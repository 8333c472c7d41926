/** What a key, or a button of a clicker, does in a talk. */
export type TalkAction =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'black'
  | 'speaker'
  | 'end'
  | 'screen';

const ACTIONS: Readonly<Record<string, TalkAction>> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  PageDown: 'next',
  Enter: 'next',
  ' ': 'next',
  n: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  PageUp: 'previous',
  Backspace: 'previous',
  p: 'previous',
  Home: 'first',
  End: 'last',
  b: 'black',
  '.': 'black',
  s: 'speaker',
  f: 'screen',
  Escape: 'end',
};

/** The action of a press, as programs for presentations have it; nothing for any other key. */
export function talkAction({
  key,
  ctrlKey,
  metaKey,
  altKey,
  shiftKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>):
  | TalkAction
  | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (key === ' ' && shiftKey) return 'previous';
  const name = key.length === 1 ? key.toLowerCase() : key;
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}
