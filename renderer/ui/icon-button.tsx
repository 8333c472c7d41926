import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { COMMANDS, type CommandId } from '../words/commands.ts';
import { shortcutOf } from './keys.ts';

/** How long a pointer rests before a tooltip comes. */
const TOOLTIP_MS = 500;

/** The keys of a command. */
export function Shortcut({ command }: { command: CommandId }): ReactNode {
  return (
    <span className="shortcut">
      {shortcutOf(command).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

export interface IconButtonProps {
  icon: LucideIcon;
  /** Names the button; a command brings its own name and shortcut. */
  label?: string;
  command?: CommandId;
  isDisabled?: boolean;
  isPressed?: boolean;
  onPress: () => void;
}

/** A button that is only an icon; its tooltip tells its name and its shortcut. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { icon: Icon, command, isDisabled = false, isPressed, onPress } = props;
  const label = props.label ?? (command ? COMMANDS[command].title : '');
  return (
    <TooltipTrigger delay={TOOLTIP_MS}>
      <Button
        className="icon-button"
        aria-label={label}
        isDisabled={isDisabled}
        onPress={onPress}
        {...(isPressed === undefined ? {} : { 'aria-pressed': isPressed })}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </Button>
      <Tooltip className="tooltip" offset={6}>
        {label}
        {command && <Shortcut command={command} />}
      </Tooltip>
    </TooltipTrigger>
  );
}
