import { describe, expect, it } from 'vitest';
import { COMMAND_IDS } from '../words/commands.ts';
import { appMenus } from './menu.ts';

const items = appMenus().flatMap((menu) => menu.items);
const find = (wanted: string) =>
  items.find((item) => item.kind === 'command' && item.id === wanted);

describe('the application menu', () => {
  it('lists every command once', () => {
    const ids = items.flatMap((item) => (item.kind === 'command' ? [item.id] : []));
    expect(ids.toSorted()).toEqual(COMMAND_IDS.toSorted());
  });

  it('shows keys in the notation of Electron', () => {
    expect(find('sweep')).toMatchObject({ accelerator: 'CmdOrCtrl+Shift+Enter' });
    expect(find('tenBack')).toMatchObject({ accelerator: 'Shift+Left' });
    expect(find('zoomIn')).toMatchObject({ accelerator: 'Plus' });
    expect(find('help')).not.toHaveProperty('accelerator');
    expect(find('toggleRunOnSave')).not.toHaveProperty('accelerator');
  });
});
