import { parseKeybinding } from 'tinykeys';

/** A press of a key, as the page's event has it. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly getModifierState?: (name: string) => boolean;
}

/** A key with its modifiers. */
export interface Binding {
  readonly mods: ReadonlySet<string>;
  readonly key: string;
}

/** @param keys in the notation of tinykeys: `$mod+Shift+o`. */
export function parseKeys(keys: string): Binding {
  const [[mods, key] = [[], '']] = parseKeybinding(keys);
  return { mods: new Set(mods), key: String(key) };
}

/** What physical keys write on the layout that the bindings are made for. */
const PUNCTUATION: ReadonlyMap<string, string> = new Map([
  ['Period', '.'],
  ['Comma', ','],
  ['Minus', '-'],
  ['Equal', '='],
  ['Slash', '/'],
]);

/**
 * The key that a press means on any layout: what it writes, or the physical key where the layout
 * writes a character that no binding has, as Cyrillic letters, and the digits of AZERTY.
 *
 * @param isBound whether a character has a binding of its own.
 */
export function meantKey(
  { key, code, shiftKey }: Pick<Press, 'key' | 'code' | 'shiftKey'>,
  isBound: (key: string) => boolean,
): string {
  if (Array.from(key).length !== 1 || isBound(key)) return key;
  const isForeign = key > '~';
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return isForeign || !shiftKey ? digit : key;
  if (!isForeign) return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey ? letter : letter.toLowerCase();
  return PUNCTUATION.get(code) ?? key;
}

/** Whether a press is that of a binding. */
export function isPressOf(press: Press, { mods, key }: Binding, isBound: (key: string) => boolean) {
  const meant = meantKey(press, isBound);
  if (meant.toLowerCase() !== key.toLowerCase() && press.code !== key) return false;
  // Such a character may need AltGr, which some systems report as two modifiers.
  const isWritten = isSign(meant) && press.getModifierState?.('AltGraph') === true;
  const pressed = {
    Control: press.ctrlKey && !isWritten,
    Alt: press.altKey && !isWritten,
    Meta: press.metaKey,
    // Where Shift only makes the sign, layouts differ in whether it is needed.
    Shift: isSign(meant) ? mods.has('Shift') : press.shiftKey,
  };
  return Object.entries(pressed).every(([mod, isDown]) => mods.has(mod) === isDown);
}

/** Whether a key writes a character that is neither a letter nor a space. */
function isSign(key: string): boolean {
  return Array.from(key).length === 1 && /[^\p{L}\s]/u.test(key);
}
