import { Menu, type MenuItemConstructorOptions } from 'electron';
import {
  COMMAND_IDS,
  COMMAND_MENUS,
  COMMANDS,
  type Command,
  type CommandId,
  type CommandMenu,
} from '../../core/api/commands.ts';
import { assertNever } from '../../core/assert.ts';

/** Builds the application menu from the table of commands. */
export function buildMenu(onCommand: (command: CommandId) => void): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    ...COMMAND_MENUS.map((menu) => ({
      label: menu,
      submenu: [...commandItems(menu, onCommand), ...roleItems(menu)],
    })),
  ]);
}

function commandItems(
  menu: CommandMenu,
  onCommand: (command: CommandId) => void,
): MenuItemConstructorOptions[] {
  return COMMAND_IDS.filter((id) => COMMANDS[id].menu === menu).map((id) => ({
    label: COMMANDS[id].title,
    ...acceleratorOf(COMMANDS[id]),
    click: () => onCommand(id),
  }));
}

/** The window listens to the keys itself, so the menu only shows them. */
function acceleratorOf({ keys }: Command): MenuItemConstructorOptions {
  const [first] = keys;
  if (first === undefined || first === '?') return {};
  const accelerator = first
    .replace('$mod', 'CmdOrCtrl')
    .replace('ArrowRight', 'Right')
    .replace('ArrowLeft', 'Left')
    .replace(/\+$/, 'Plus');
  return { accelerator, registerAccelerator: false };
}

function roleItems(menu: CommandMenu): MenuItemConstructorOptions[] {
  const separator = { type: 'separator' } as const;
  switch (menu) {
    case 'File':
      return [separator, { role: process.platform === 'darwin' ? 'close' : 'quit' }];
    case 'View':
      return [separator, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }];
    case 'Run':
    case 'Go':
    case 'Help':
      return [];
    default:
      return assertNever(menu, 'menu');
  }
}
