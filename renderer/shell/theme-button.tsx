import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { runCommand } from './commands.ts';
import { useUi } from './ui-store.ts';

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** Turns from the system's theme to light to dark. */
export function ThemeButton(): ReactNode {
  const theme = useUi((state) => state.theme);
  return (
    <IconButton
      icon={THEME_ICONS[theme]}
      command="toggleTheme"
      onPress={() => runCommand('toggleTheme')}
    />
  );
}
