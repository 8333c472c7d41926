import { session } from '../session/store.ts';
import { COMMANDS, isInPages, type CommandId } from '../words/commands.ts';
import { ARRANGE_COMMANDS } from './commands/arrange-commands.ts';
import type { Behaviour } from './commands/behaviour.ts';
import { BESIDE_COMMANDS } from './commands/beside-commands.ts';
import { COPY_COMMANDS } from './commands/copy-commands.ts';
import { FILE_COMMANDS } from './commands/file-commands.ts';
import { GO_COMMANDS } from './commands/go-commands.ts';
import { NOTE_COMMANDS } from './commands/note-commands.ts';
import { RUN_COMMANDS } from './commands/run-commands.ts';
import { VIEW_COMMANDS } from './commands/view-commands.ts';
import { WATCH_COMMANDS } from './commands/watch-commands.ts';
import { WHAT_IF_COMMANDS } from './commands/what-if-commands.ts';
import { isFilming } from './film/film.ts';

/** What the commands do, by what they are about; their names and keys are in `words/commands.ts`. */
const BEHAVIOURS: Readonly<Record<CommandId, Behaviour>> = {
  ...FILE_COMMANDS,
  ...RUN_COMMANDS,
  ...WHAT_IF_COMMANDS,
  ...GO_COMMANDS,
  ...WATCH_COMMANDS,
  ...VIEW_COMMANDS,
  ...COPY_COMMANDS,
  ...NOTE_COMMANDS,
  ...BESIDE_COMMANDS,
  ...ARRANGE_COMMANDS,
};

/** Whether a command is there at all: a saved page has those that need no program. */
export function isOffered(command: CommandId): boolean {
  return !session.getState().isPage || isInPages(command);
}

/** Whether a command can be done now. */
export function isEnabled(command: CommandId): boolean {
  return isOffered(command) && BEHAVIOURS[command].isEnabled();
}

/** Does a command, if it can be done now; none while the window plays for a moving picture. */
export function runCommand(command: CommandId): void {
  if (!isFilming() && isEnabled(command)) BEHAVIOURS[command].run();
}

/** Does the command that the menu names. */
export function runCommandNamed(name: string): void {
  if (Object.hasOwn(COMMANDS, name)) runCommand(name as CommandId);
}
