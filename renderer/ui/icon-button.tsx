import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { COMMANDS, type CommandId } from '../words/commands.ts';
import { Keys, Shortcut } from './shortcut.tsx';
import { Tip } from './tip.tsx';
import './icon-button.css';

export interface IconButtonProps {
  icon: LucideIcon;
  /** Names the button; a command brings its own name and shortcut. */
  label?: string;
  command?: CommandId;
  /** The keys that do the same where the button stands, such as `['Shift', 'Enter']`. */
  keys?: readonly string[];
  size?: 'usual' | 'small';
  isDisabled?: boolean;
  isPressed?: boolean;
  onPress: () => void;
}

/** A button that is only an icon; its tooltip shows its name and its shortcut. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { icon: Icon, command, keys, size = 'usual', isDisabled = false, isPressed } = props;
  const label = props.label ?? (command ? COMMANDS[command].title : '');
  return (
    <Tip
      content={
        <>
          {label}
          {command && <Shortcut command={command} />}
          {keys && <Keys keys={keys} />}
        </>
      }
    >
      <Button
        className="icon-button"
        data-size={size}
        aria-label={label}
        isDisabled={isDisabled}
        onPress={props.onPress}
        {...(isPressed === undefined ? {} : { 'aria-pressed': isPressed })}
      >
        <Icon size={size === 'small' ? 14 : 16} strokeWidth={1.75} aria-hidden />
      </Button>
    </Tip>
  );
}

export interface RowIconButtonProps {
  icon: LucideIcon;
  label: string;
  /** The key that does the same for the row that has the focus. */
  shortcut?: string;
  onPress: () => void;
}

/**
 * The same look for a row of a long list: a bare element, since there are several to a row and all
 * are drawn again when the list scrolls. The list keeps the focus and has keys for the same deeds.
 */
export function RowIconButton(props: RowIconButtonProps): ReactNode {
  const { icon: Icon, label, shortcut, onPress } = props;
  return (
    <button
      type="button"
      className="icon-button"
      data-size="small"
      aria-label={label}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      tabIndex={-1}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
