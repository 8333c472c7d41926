import type { LucideIcon } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import type { CommandId } from '../words/commands.ts';
import { runCommand } from './commands.ts';

/** An icon that does a command. Memoised: most of them stay as they are from step to step. */
export const CommandButton = memo(function CommandButton({
  icon,
  command,
  isDisabled = false,
}: {
  icon: LucideIcon;
  command: CommandId;
  isDisabled?: boolean;
}): ReactNode {
  return (
    <IconButton
      icon={icon}
      command={command}
      isDisabled={isDisabled}
      onPress={() => runCommand(command)}
    />
  );
});
