import { Menu, type MenuItemConstructorOptions } from 'electron';
import { assertNever } from '../../core/assert.ts';
import type { AppMenu } from '../../core/contract/window.ts';

/** Builds the application menu that the window has sent. */
export function buildMenu(menus: readonly AppMenu[], onCommand: (id: string) => void): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    ...menus.map(({ label, items }) => ({
      label,
      submenu: items.map((item) => toElectron(item, onCommand)),
    })),
  ]);
}

function toElectron(
  item: AppMenu['items'][number],
  onCommand: (id: string) => void,
): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'command': {
      const { id, label, accelerator } = item;
      const shown = accelerator === undefined ? {} : { accelerator };
      return { id, label, ...shown, registerAccelerator: false, click: () => onCommand(id) };
    }
    case 'separator':
      return { type: 'separator' };
    case 'system':
      // On a Mac, the menu of the application itself has the entry that quits.
      if (item.role === 'quit' && process.platform === 'darwin') return { role: 'close' };
      return { role: item.role };
    default:
      return assertNever(item, 'menu item');
  }
}
