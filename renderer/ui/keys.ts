import { COMMANDS, type CommandId } from '../words/commands.ts';

const IS_MAC = navigator.platform.startsWith('Mac');

/** How keys are written, where it is not by their name. */
const NAMES: Readonly<Record<string, string>> = {
  $mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowRight: '→',
  ArrowLeft: '←',
  Enter: '↵',
};

/** The first shortcut of a command as the keys to press: `['Ctrl', 'K']`; none, if it has none. */
export function shortcutOf(command: CommandId): readonly string[] {
  const [binding]: readonly string[] = COMMANDS[command].keys;
  if (binding === undefined) return [];
  // The plus key itself stands last, after the plus signs that join.
  const parts = binding === '+' ? ['+'] : binding.split('+');
  return parts.map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}
