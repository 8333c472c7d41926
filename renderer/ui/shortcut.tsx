import type { ReactNode } from 'react';
import { COMMANDS, type CommandId } from '../words/commands.ts';
import './shortcut.css';

const IS_MAC = navigator.platform.startsWith('Mac');

/** How keys are written, where it is not by their name. */
const NAMES: Readonly<Record<string, string>> = {
  $mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowRight: '→',
  ArrowLeft: '←',
  Enter: '↵',
};

/** The keys of a command: its first shortcut, and nothing if it has none. */
export function Shortcut({ command }: { command: CommandId }): ReactNode {
  const [binding]: readonly string[] = COMMANDS[command].keys;
  return <Keys keys={binding === undefined ? [] : partsOf(binding)} />;
}

/** Keys to press together, such as `['Shift', 'Enter']`. */
export function Keys({ keys }: { keys: readonly string[] }): ReactNode {
  return (
    <span className="shortcut">
      {keys.map((key) => (
        <kbd key={key}>{NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</kbd>
      ))}
    </span>
  );
}

function partsOf(binding: string): readonly string[] {
  // The plus key itself stands last, after the plus signs that join.
  return binding === '+' ? ['+'] : binding.split('+');
}
