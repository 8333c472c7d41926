import { LayoutPanelLeft } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { MenuButton, type MenuChoice, type MenuChoices } from '../ui/menu-button.tsx';
import { COMMANDS, type CommandId } from '../words/commands.ts';
import type { ViewId } from '../words/views.ts';
import { isEnabled, isOffered, runCommand } from './commands.ts';
import { noteFocus } from './panes.ts';

const SECTIONS = [
  { title: 'This pane', commands: ['splitBeside', 'splitBelow', 'closePane'] },
  { title: 'Its picture', commands: ['saveViewPicture', 'copyViewPicture', 'saveFilm'] },
  {
    title: 'The window',
    commands: ['arrangeOne', 'arrangeDebugging', 'arrangeComparing', 'arrangePresenting'],
  },
] as const satisfies readonly { title: string; commands: readonly CommandId[] }[];

/** The ways to divide the middle of the window, and to keep a picture of a view, for its pane. */
export const ArrangeMenu = memo(function ArrangeMenu({ view }: { view: ViewId }): ReactNode {
  return (
    <MenuButton
      label="Arrange the views"
      className="arrange-button"
      isTipped
      sections={sectionsNow}
      onChoose={(id) => {
        noteFocus(view);
        runCommand(id as CommandId);
      }}
    >
      <LayoutPanelLeft size={16} strokeWidth={1.75} aria-hidden />
    </MenuButton>
  );
});

function sectionsNow(): readonly MenuChoices[] {
  // A saved page has not all of them.
  return SECTIONS.map(({ title, commands }) => ({
    title,
    choices: commands.filter(isOffered).map(choiceOf),
  })).filter(({ choices }) => choices.length > 0);
}

function choiceOf(id: CommandId): MenuChoice {
  return { id, label: COMMANDS[id].title, command: id, isDisabled: !isEnabled(id) };
}
