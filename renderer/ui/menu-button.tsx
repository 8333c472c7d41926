import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components';
import type { CommandId } from '../words/commands.ts';
import { Shortcut } from './shortcut.tsx';
import { Tip } from './tip.tsx';
import './menu-button.css';
import './popover.css';

/** An entry of a menu. */
export interface MenuChoice {
  readonly id: string;
  readonly label: string;
  /** The command that does the same, whose keys are shown. */
  readonly command?: CommandId;
  readonly isDisabled?: boolean;
  /** Whether it is what is shown now. */
  readonly isCurrent?: boolean;
}

/** Entries of a menu that belong together. */
export interface MenuChoices {
  readonly title: string;
  readonly choices: readonly MenuChoice[];
}

export interface MenuButtonProps {
  /** Names the button and its menu. */
  label: string;
  /** What stands on the button. */
  children: ReactNode;
  className?: string;
  /** A button without words has its name in a tooltip. */
  isTipped?: boolean;
  /** Its entries, or what gives them when it is opened. */
  sections: readonly MenuChoices[] | (() => readonly MenuChoices[]);
  onChoose: (id: string) => void;
}

/** A button that opens a menu. */
export function MenuButton(props: MenuButtonProps): ReactNode {
  const { label, children, className = '', isTipped = false, sections, onChoose } = props;
  const button = (
    <Button className={`menu-button ${className}`} aria-label={label}>
      {children}
    </Button>
  );
  return (
    <MenuTrigger>
      {isTipped ? <Tip content={label}>{button}</Tip> : button}
      <Popover className="popover" placement="bottom end" offset={4}>
        <Choices label={label} sections={sections} onChoose={onChoose} />
      </Popover>
    </MenuTrigger>
  );
}

/** The entries, which exist while the menu is open. */
function Choices({
  label,
  sections,
  onChoose,
}: Pick<MenuButtonProps, 'label' | 'sections' | 'onChoose'>): ReactNode {
  const shown = typeof sections === 'function' ? sections() : sections;
  return (
    <Menu className="menu" aria-label={label} onAction={(id) => onChoose(String(id))}>
      {shown.map(({ title, choices }) => (
        <MenuSection key={title} id={title} className="menu-section" aria-label={title}>
          {choices.map((choice) => (
            <Choice key={choice.id} choice={choice} />
          ))}
        </MenuSection>
      ))}
    </Menu>
  );
}

function Choice({
  choice: { id, label, command, isDisabled = false, isCurrent = false },
}: {
  choice: MenuChoice;
}): ReactNode {
  return (
    <MenuItem id={id} textValue={label} isDisabled={isDisabled} className="menu-item">
      <Check size={14} aria-hidden data-shown={isCurrent} />
      <span>{label}</span>
      {isCurrent && <span className="visually-hidden">shown</span>}
      {command && <Shortcut command={command} />}
    </MenuItem>
  );
}
