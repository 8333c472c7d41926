import type { ViewName } from '../../core/contract/place.ts';
import { keysOf } from '../../core/keys-of.ts';

/**
 * The views of a step that the middle of the window can show, in the order in which they are listed.
 * Tabs, menus, palette, help and keys follow from this table; the shell defines what a view shows.
 *
 * `keys` are in the notation of tinykeys; they show the view in the pane that has the focus.
 */
export const VIEWS = {
  state: { label: 'State', title: 'Show the state', keys: ['1'] },
  steps: { label: 'Steps', title: 'Show the steps', keys: ['4'] },
  causality: { label: 'Causality', title: 'Show causality', keys: ['2'] },
  sequence: { label: 'Sequence', title: 'Show the sequence of messages', keys: ['5'] },
  lifecycle: { label: 'Lifecycle', title: 'Show the lifecycle of records', keys: ['6'] },
  console: { label: 'Console', title: 'Show what was printed', keys: ['7'] },
  source: { label: 'Source', title: 'Show the source', keys: ['8'] },
  drawing: { label: 'Views', title: 'Show the views of the machine', keys: ['p'] },
  notes: { label: 'Notes', title: 'Show the notes', keys: ['Shift+A'] },
  difference: { label: 'Difference', title: 'Show the difference', keys: ['3'] },
  beside: { label: 'Side by side', title: 'Show two runs side by side', keys: ['9'] },
} as const satisfies Record<ViewName, ViewWords>;

/** How a view is named, as a tab and as a command. */
export interface ViewWords {
  readonly label: string;
  readonly title: string;
  readonly keys: readonly string[];
}

export type ViewId = keyof typeof VIEWS;

/** The ids in the order of the table. */
export const VIEW_IDS = keysOf(VIEWS);

/** Whether something that was kept names a view of this version. */
export function isViewId(id: unknown): id is ViewId {
  return typeof id === 'string' && Object.hasOwn(VIEWS, id);
}

/** The views that need a machine, or a second run. */
const VIEWS_OF_PROGRAM: readonly ViewId[] = ['source', 'difference', 'beside'];

/** Whether a saved page has a view as well. */
export function isViewInPages(view: ViewId): boolean {
  return !VIEWS_OF_PROGRAM.includes(view);
}
