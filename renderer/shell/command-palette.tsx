import type { ReactNode } from 'react';
import { Autocomplete, Menu, MenuItem, useFilter } from 'react-aria-components';
import { Shortcut } from '../ui/shortcut.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { COMMAND_IDS, COMMANDS, type CommandId } from '../words/commands.ts';
import { isEnabled, isOffered, runCommand } from './commands.ts';
import { PaletteList, PaletteSearch } from './palette.tsx';
import { ui, useUi } from './ui-store.ts';

/** All commands, found by typing. */
export function CommandPalette(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'palette');
  const { contains } = useFilter({ sensitivity: 'base' });
  const close = () => ui.setState({ dialog: undefined });
  return (
    <WindowDialog title="Commands" hasHeading={false} isOpen={isOpen} onClose={close}>
      <Autocomplete filter={contains}>
        <PaletteSearch
          label="Find a command"
          placeholder="What do you want to do?"
          onClose={close}
        />
        <PaletteList>
          <Menu
            className="palette-menu"
            aria-label="Commands"
            items={COMMAND_IDS.filter((id) => id !== 'palette' && isOffered(id)).map((id) => ({
              id,
            }))}
            disabledKeys={COMMAND_IDS.filter((id) => !isEnabled(id))}
            renderEmptyState={() => <p className="muted palette-empty">No command of that name.</p>}
            onAction={(key) => {
              close();
              // After the dialog has given the focus back, so that a command may move it.
              setTimeout(() => runCommand(key as CommandId));
            }}
          >
            {({ id }) => (
              <MenuItem id={id} textValue={COMMANDS[id].title} className="palette-item">
                <span>{COMMANDS[id].title}</span>
                <Shortcut command={id} />
              </MenuItem>
            )}
          </Menu>
        </PaletteList>
      </Autocomplete>
    </WindowDialog>
  );
}
