import type { ReactNode } from 'react';
import { useSession } from '../session/store.ts';
import { MarkLegend } from '../ui/mark-legend.tsx';
import { Keys, Shortcut } from '../ui/shortcut.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { COMMAND_IDS, COMMAND_MENUS, COMMANDS, type CommandMenu } from '../words/commands.ts';
import { isOffered } from './commands.ts';
import { ui, useUi } from './ui-store.ts';
import './keyboard-help.css';

/** Keys that belong to the state tree, while it has the focus. */
const TREE_KEYS = [
  [['↑', '↓'], 'Move between rows'],
  [['→', '←'], 'Open and close a row'],
  [['P'], 'Pin the path'],
  [['W'], 'Go to the step that last wrote it'],
  [['H'], 'History of the path'],
  [['O'], 'Where the value came from'],
  [['E'], 'Watch it'],
  [['S'], 'Only the steps that change it'],
  [['I'], 'Only the steps about its record'],
  [['C'], 'Copy the value'],
  [['Shift', 'C'], 'Copy the path'],
  [['M'], 'Write a note on it'],
] as const;

/** Keys that belong to the list of steps, while it has the focus. */
const STEPS_KEYS = [
  [['↑', '↓'], 'Move between steps'],
  [['Shift', '↓'], 'Choose several steps'],
  [['Enter'], 'Go to the step'],
  [['Shift', 'Enter'], 'Compare the first chosen step with the last'],
  [['Ctrl', 'C'], 'Copy the chosen steps'],
  [['Ctrl', 'Shift', 'C'], 'Copy them as Markdown'],
] as const;

/** Keys that belong to a note in the list, while it has the focus. */
const NOTES_KEYS = [
  [['↑', '↓'], 'Move between notes'],
  [['Enter'], 'Go to what it is on'],
  [['C'], 'Copy it'],
  [['E'], 'Change it'],
  [['Alt', '↑'], 'Move up'],
  [['Alt', '↓'], 'Move down'],
  [['Delete'], 'Remove it'],
] as const;

/** Keys that belong to the sequence of messages, while it has the focus. */
const SEQUENCE_KEYS = [[['↑', '↓'], 'Go to the step before or after that has a row']] as const;

/** Keys that belong to a phase or a transition, while it has the focus. */
const LIFECYCLE_KEYS = [
  [['Enter'], 'Go to the next time it was made'],
  [['Shift', 'Enter'], 'Go to the time before'],
] as const;

/** Every key there is, by menu. */
export function KeyboardHelp(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'help');
  const versions = useSession((state) => state.versions);
  return (
    <WindowDialog
      title="Keyboard"
      width="wide"
      isOpen={isOpen}
      onClose={() => ui.setState({ dialog: undefined })}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keyboard. */}
      <div className="dialog-body help-columns" tabIndex={0}>
        {COMMAND_MENUS.map((menu) => (
          <KeysOfMenu key={menu} menu={menu} />
        ))}
        <KeysOf title="In the state tree" keys={TREE_KEYS} />
        <KeysOf title="In the list of steps" keys={STEPS_KEYS} />
        <KeysOf title="In the list of notes" keys={NOTES_KEYS} />
        <KeysOf title="In the sequence of messages" keys={SEQUENCE_KEYS} />
        <KeysOf title="On a phase or a transition" keys={LIFECYCLE_KEYS} />
        <section>
          <h3>Marks in the timeline</h3>
          <MarkLegend />
        </section>
      </div>
      <p className="muted small help-versions">
        {Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(' · ')}
      </p>
    </WindowDialog>
  );
}

function KeysOfMenu({ menu }: { menu: CommandMenu }): ReactNode {
  const ids = COMMAND_IDS.filter(
    (id) => COMMANDS[id].menu === menu && COMMANDS[id].keys.length > 0 && isOffered(id),
  );
  if (ids.length === 0) return null;
  return (
    <section>
      <h3>{menu}</h3>
      <dl>
        {ids.map((id) => (
          <div key={id} className="help-row">
            <dt>{COMMANDS[id].title}</dt>
            <dd>
              <Shortcut command={id} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function KeysOf({
  title,
  keys: all,
}: {
  title: string;
  keys: readonly (readonly [keys: readonly string[], what: string])[];
}): ReactNode {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {all.map(([keys, what]) => (
          <div key={what} className="help-row">
            <dt>{what}</dt>
            <dd>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
