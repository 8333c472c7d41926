import type { AppMenu } from '../../core/contract/window.ts';
import {
  COMMAND_IDS,
  COMMAND_MENUS,
  COMMANDS,
  type CommandId,
  type CommandMenu,
} from '../words/commands.ts';

type MenuItem = AppMenu['items'][number];

/** What the system adds to a menu. */
const SYSTEM_ITEMS: Readonly<Partial<Record<CommandMenu, readonly MenuItem[]>>> = {
  File: [{ kind: 'separator' }, { kind: 'system', role: 'quit' }],
  View: [
    { kind: 'separator' },
    { kind: 'system', role: 'togglefullscreen' },
    { kind: 'system', role: 'toggleDevTools' },
  ],
};

/** The menus of the application, from the table of commands. */
export function appMenus(): AppMenu[] {
  return COMMAND_MENUS.map((menu) => ({
    label: menu,
    items: [
      ...COMMAND_IDS.filter((id) => COMMANDS[id].menu === menu).map(itemOf),
      ...(SYSTEM_ITEMS[menu] ?? []),
    ],
  }));
}

function itemOf(id: CommandId): MenuItem {
  const accelerator = acceleratorOf(id);
  return {
    kind: 'command',
    id,
    label: COMMANDS[id].title,
    ...(accelerator === undefined ? {} : { accelerator }),
  };
}

/** The first keys of a command in Electron's notation, which has no word for `?`. */
function acceleratorOf(id: CommandId): string | undefined {
  const [first]: readonly string[] = COMMANDS[id].keys;
  if (first === undefined || first === '?') return undefined;
  return first
    .replace('$mod', 'CmdOrCtrl')
    .replace('ArrowRight', 'Right')
    .replace('ArrowLeft', 'Left')
    .replace(/\+$/, 'Plus');
}
