import { keysOf } from '../../core/keys-of.ts';
import { POSSIBLE_IDS, type PossibleId } from '../../core/trace/possible-changes.ts';
import { POSSIBLE_WORDS } from './possible-words.ts';
import { isViewInPages, VIEW_IDS, VIEWS, type ViewId } from './views.ts';

/** The command that shows a view. */
export type ShowCommandId = `show${Capitalize<ViewId>}`;

/** The command that shows a view: `showState`. */
export function showCommandOf(view: ViewId): ShowCommandId {
  return `show${view.charAt(0).toUpperCase()}${view.slice(1)}` as ShowCommandId;
}

const SHOW_COMMANDS = Object.fromEntries<Command>(
  VIEW_IDS.map((id) => [
    showCommandOf(id),
    { title: VIEWS[id].title, keys: VIEWS[id].keys, menu: 'View' },
  ]),
) as Readonly<Record<ShowCommandId, Command>>;

/** The command that tries something otherwise: `tryCrash`. */
export type TryCommandId = `try${Capitalize<PossibleId>}`;

/** The command that tries something otherwise at the step under the cursor. */
export function tryCommandOf(possible: PossibleId): TryCommandId {
  return `try${possible.charAt(0).toUpperCase()}${possible.slice(1)}` as TryCommandId;
}

const TRY_COMMANDS = Object.fromEntries<Command>(
  POSSIBLE_IDS.map((id) => [
    tryCommandOf(id),
    { title: `What if: ${lowered(POSSIBLE_WORDS[id].title)}…`, keys: [], menu: 'What if' },
  ]),
) as Readonly<Record<TryCommandId, Command>>;

function lowered(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/**
 * The names and keys of the window's commands, by id: menu, keyboard, palette, tooltips and help all
 * read this table. The shell defines what the commands do.
 *
 * `keys` are in the notation of tinykeys; `$mod` is Ctrl, and Command on a Mac. `menu` is the menu
 * that lists the command.
 */
export const COMMANDS = {
  openTrace: { title: 'Open trace…', keys: ['$mod+o'], menu: 'File' },
  openMachine: { title: 'Open a machine…', keys: ['$mod+Shift+o'], menu: 'File' },
  saveTrace: { title: 'Save trace…', keys: ['$mod+s'], menu: 'File' },
  savePage: { title: 'Save as a page…', keys: ['$mod+Shift+s'], menu: 'File' },
  saveViewPicture: { title: 'Save a picture of this view…', keys: [], menu: 'File' },
  saveTimelinePicture: { title: 'Save a picture of the timeline…', keys: [], menu: 'File' },
  saveFilm: { title: 'Save a moving picture…', keys: [], menu: 'File' },
  reopenRun: { title: 'Reopen the closed run', keys: ['$mod+Shift+t'], menu: 'File' },
  preferences: { title: 'Settings…', keys: ['$mod+,'], menu: 'File' },
  run: { title: 'Run', keys: ['$mod+Enter'], menu: 'Run' },
  sweep: { title: 'Sweep many seeds…', keys: ['$mod+Shift+Enter'], menu: 'Run' },
  shrink: { title: 'Shrink to this finding', keys: ['$mod+Shift+m'], menu: 'Run' },
  cancel: { title: 'Cancel', keys: ['$mod+.'], menu: 'Run' },
  verify: { title: 'Verify against the machine', keys: ['$mod+Shift+e'], menu: 'Run' },
  executeBeside: { title: 'Execute again, side by side', keys: [], menu: 'Run' },
  askRuns: { title: 'Ask of runs…', keys: ['a'], menu: 'Run' },
  mended: { title: 'Is it really mended?', keys: [], menu: 'Run' },
  explain: { title: 'Why did it fail?', keys: ['Shift+B'], menu: 'What if' },
  doom: { title: 'When was it doomed?', keys: [], menu: 'What if' },
  crashEverywhere: { title: 'Crash everywhere', keys: ['Shift+Z'], menu: 'What if' },
  nextFailingCrash: { title: 'Next crash point that fails', keys: ['j'], menu: 'What if' },
  previousFailingCrash: {
    title: 'Previous crash point that fails',
    keys: ['Shift+J'],
    menu: 'What if',
  },
  openNearest: { title: 'Open the nearest run without this cause', keys: [], menu: 'What if' },
  whatIf: { title: 'What if, at this step…', keys: ['b'], menu: 'What if' },
  ...TRY_COMMANDS,
  renameFork: { title: 'Rename the fork…', keys: ['F2'], menu: 'What if' },
  toggleRunOnSave: { title: 'Run again on save, or not', keys: [], menu: 'Run' },
  settings: { title: 'Choose scenario, seed and length', keys: ['$mod+e'], menu: 'Run' },
  stepForward: { title: 'Step forward', keys: ['ArrowRight'], menu: 'Go' },
  stepBack: { title: 'Step back', keys: ['ArrowLeft'], menu: 'Go' },
  tenForward: { title: 'Ten steps forward', keys: ['Shift+ArrowRight'], menu: 'Go' },
  tenBack: { title: 'Ten steps back', keys: ['Shift+ArrowLeft'], menu: 'Go' },
  firstStep: { title: 'Initial state', keys: ['Home'], menu: 'Go' },
  lastStep: { title: 'Last step', keys: ['End'], menu: 'Go' },
  nextFinding: { title: 'Next finding', keys: ['f'], menu: 'Go' },
  previousFinding: { title: 'Previous finding', keys: ['Shift+F'], menu: 'Go' },
  nextChange: { title: 'Next change of the state', keys: ['d'], menu: 'Go' },
  previousChange: { title: 'Previous change of the state', keys: ['Shift+D'], menu: 'Go' },
  nextCrash: { title: 'Next crash', keys: ['c'], menu: 'Go' },
  previousCrash: { title: 'Previous crash', keys: ['Shift+C'], menu: 'Go' },
  nextFault: { title: 'Next fault other than a crash', keys: ['x'], menu: 'Go' },
  previousFault: { title: 'Previous fault other than a crash', keys: ['Shift+X'], menu: 'Go' },
  nextRejected: { title: 'Next rejected input', keys: ['r'], menu: 'Go' },
  previousRejected: { title: 'Previous rejected input', keys: ['Shift+R'], menu: 'Go' },
  nextShown: { title: 'Next step that the filter shows', keys: ['n'], menu: 'Go' },
  previousShown: { title: 'Previous step that the filter shows', keys: ['Shift+N'], menu: 'Go' },
  nextNoted: { title: 'Next step with a note', keys: ['k'], menu: 'Go' },
  previousNoted: { title: 'Previous step with a note', keys: ['Shift+K'], menu: 'Go' },
  goToStep: { title: 'Go to step…', keys: ['g'], menu: 'Go' },
  nextWatched: { title: 'Next change of the watch', keys: ['u'], menu: 'Go' },
  previousWatched: { title: 'Previous change of the watch', keys: ['Shift+U'], menu: 'Go' },
  nextTrue: { title: 'Next step where the watch becomes true', keys: ['t'], menu: 'Go' },
  previousTrue: {
    title: 'Previous step where the watch became true',
    keys: ['Shift+T'],
    menu: 'Go',
  },
  counterpart: {
    title: 'Same step in the original, forked, shrunk or changed run',
    keys: ['o'],
    menu: 'Go',
  },
  firstDifference: { title: 'First difference from the run beside', keys: ['z'], menu: 'Go' },
  nextDifference: { title: 'Next difference from the run beside', keys: [']'], menu: 'Go' },
  previousDifference: { title: 'Previous difference from the run beside', keys: ['['], menu: 'Go' },
  play: { title: 'Play or pause', keys: ['Space'], menu: 'Go' },
  faster: { title: 'Play faster', keys: ['.'], menu: 'Go' },
  slower: { title: 'Play slower', keys: [','], menu: 'Go' },
  ...SHOW_COMMANDS,
  compareRuns: { title: 'Compare with another run…', keys: ['h'], menu: 'View' },
  swapRuns: { title: 'Swap the two runs side by side', keys: ['Shift+H'], menu: 'View' },
  toggleTogether: { title: 'Move both cursors together, or apart', keys: ['l'], menu: 'View' },
  toggleSifted: {
    title: 'Only what differs side by side, or all',
    keys: ['Shift+L'],
    menu: 'View',
  },
  endComparison: { title: 'End the comparison', keys: [], menu: 'View' },
  zoomIn: { title: 'Zoom the timeline in', keys: ['+', 'Shift++', '='], menu: 'View' },
  zoomOut: { title: 'Zoom the timeline out', keys: ['-'], menu: 'View' },
  zoomFit: { title: 'Show the whole run', keys: ['0'], menu: 'View' },
  filterSteps: { title: 'Filter the steps by words', keys: ['/'], menu: 'View' },
  filterByExpression: { title: 'Filter the steps by an expression', keys: ['w'], menu: 'View' },
  onlyCause: { title: 'Only the steps with the cause at the cursor', keys: [], menu: 'View' },
  toggleStory: { title: 'Causes as text, or not', keys: ['y'], menu: 'View' },
  followRecord: { title: 'Follow a record…', keys: ['i'], menu: 'View' },
  clearFilter: { title: 'Show all steps again', keys: ['Shift+W'], menu: 'View' },
  copyLink: { title: 'Copy a link to this place', keys: ['$mod+Shift+k'], menu: 'File' },
  copyCommand: { title: 'Copy a command to this place', keys: [], menu: 'File' },
  copyViewPicture: { title: 'Copy a picture of this view', keys: [], menu: 'File' },
  copyTimelinePicture: { title: 'Copy a picture of the timeline', keys: [], menu: 'File' },
  copySteps: { title: 'Copy the chosen steps as text', keys: [], menu: 'View' },
  copyStepsAsMarkdown: {
    title: 'Copy the chosen steps as Markdown',
    keys: ['$mod+Shift+c'],
    menu: 'View',
  },
  copyStepsAsJson: { title: 'Copy the chosen steps as JSON lines', keys: [], menu: 'View' },
  copyFinding: { title: 'Copy the finding as Markdown', keys: [], menu: 'View' },
  copyValue: { title: 'Copy the chosen value as JSON', keys: [], menu: 'View' },
  copyPath: { title: 'Copy the path of the chosen value', keys: [], menu: 'View' },
  copyNotes: { title: 'Copy the notes on this step as Markdown', keys: [], menu: 'Notes' },
  watch: { title: 'Watch an expression…', keys: ['e'], menu: 'View' },
  nextWatch: { title: 'Choose the next watch', keys: ['q'], menu: 'View' },
  previousWatch: { title: 'Choose the watch before', keys: ['Shift+Q'], menu: 'View' },
  foldWatches: { title: 'Show or hide the watches', keys: ['Shift+E'], menu: 'View' },
  // On a sweep, the keys of the views that show the same of a run.
  showSweepFindings: { title: 'Show the findings of the sweep', keys: ['1'], menu: 'View' },
  showSweepLifecycle: { title: 'Show the lifecycle over all seeds', keys: ['6'], menu: 'View' },
  showSweepSource: { title: 'Show the lines that no seed executed', keys: ['8'], menu: 'View' },
  showNeverExecuted: {
    title: 'Show the lines that no step executed',
    keys: ['Alt+8'],
    menu: 'View',
  },
  toggleSweep: { title: 'Switch between sweep and run', keys: ['$mod+j'], menu: 'View' },
  focusState: { title: 'Move into the state tree', keys: ['s'], menu: 'View' },
  toggleTheme: { title: 'Light, dark or like the system', keys: ['$mod+Shift+l'], menu: 'View' },
  bookmark: { title: 'Add or remove a bookmark', keys: ['m'], menu: 'Notes' },
  writeNote: { title: 'Write a note…', keys: ['Shift+M'], menu: 'Notes' },
  present: { title: 'Present the notes', keys: ['Shift+P', 'F5'], menu: 'Notes' },
  undoNote: { title: 'Undo the last change of the notes', keys: ['$mod+z'], menu: 'Notes' },
  redoNote: { title: 'Redo it', keys: ['$mod+Shift+z', '$mod+y'], menu: 'Notes' },
  splitBeside: { title: 'Split: a view beside this one', keys: ['v'], menu: 'Arrange' },
  splitBelow: { title: 'Split: a view below this one', keys: ['Shift+V'], menu: 'Arrange' },
  closePane: { title: 'Close this pane', keys: ['$mod+w'], menu: 'Arrange' },
  nextPane: { title: 'Next pane', keys: ['F6'], menu: 'Arrange' },
  previousPane: { title: 'Previous pane', keys: ['Shift+F6'], menu: 'Arrange' },
  arrangeOne: { title: 'One view', keys: ['$mod+1'], menu: 'Arrange' },
  arrangeDebugging: { title: 'Arrange for debugging', keys: ['$mod+2'], menu: 'Arrange' },
  arrangeComparing: { title: 'Arrange for comparing', keys: ['$mod+3'], menu: 'Arrange' },
  arrangePresenting: { title: 'Arrange for presenting', keys: ['$mod+4'], menu: 'Arrange' },
  toggleRuns: { title: 'Show or hide runs', keys: ['$mod+b'], menu: 'Arrange' },
  toggleStep: { title: 'Show or hide the step', keys: ['$mod+Shift+b'], menu: 'Arrange' },
  palette: { title: 'All commands…', keys: ['$mod+k'], menu: 'Help' },
  help: { title: 'Keyboard', keys: ['?', 'Shift+?', 'F1'], menu: 'Help' },
} as const satisfies Record<string, Command>;

/** A command, as the user sees it. */
export interface Command {
  readonly title: string;
  readonly keys: readonly string[];
  readonly menu: CommandMenu;
}

export type CommandId = keyof typeof COMMANDS;

/** What a control does that does a command, with its keys: `Show the state (1)`. */
export function hintOf(id: CommandId): string {
  const { title, keys }: Command = COMMANDS[id];
  return keys[0] === undefined ? title : `${title} (${keys[0]})`;
}

/** The menus whose commands need a machine. */
const MENUS_OF_PROGRAM: readonly CommandMenu[] = ['Run', 'What if'];
/** Other commands that need a machine, files or more than one run. */
const OTHERS_OF_PROGRAM: readonly CommandId[] = [
  'openTrace',
  'openMachine',
  'savePage',
  'saveViewPicture',
  'saveTimelinePicture',
  'saveFilm',
  'reopenRun',
  'preferences',
  'copyLink',
  'copyCommand',
  'copyViewPicture',
  'copyTimelinePicture',
  'counterpart',
  'firstDifference',
  'nextDifference',
  'previousDifference',
  'compareRuns',
  'swapRuns',
  'toggleTogether',
  'toggleSifted',
  'endComparison',
  'showSweepFindings',
  'showSweepLifecycle',
  'showSweepSource',
  'showNeverExecuted',
  'toggleSweep',
  'arrangeComparing',
  'toggleRuns',
  'bookmark',
  'writeNote',
  'undoNote',
  'redoNote',
  ...VIEW_IDS.filter((id) => !isViewInPages(id)).map(showCommandOf),
];

/** Whether a saved page has a command as well. */
export function isInPages(id: CommandId): boolean {
  return !MENUS_OF_PROGRAM.includes(COMMANDS[id].menu) && !OTHERS_OF_PROGRAM.includes(id);
}

/** The menus, in their order. */
export const COMMAND_MENUS = [
  'File',
  'Run',
  'What if',
  'Go',
  'View',
  'Notes',
  'Arrange',
  'Help',
] as const;
export type CommandMenu = (typeof COMMAND_MENUS)[number];

/** The ids in the order of the table. */
export const COMMAND_IDS = keysOf(COMMANDS);
