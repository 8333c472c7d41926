import { NAME_CHARS_MAX, NAMES_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { cutText } from '../text/visible.ts';
import type { DeepReadonly } from '../value/value.ts';

/**
 * What a view shows of an item: `good` and `bad` as the author judges it, `waiting` for something that is
 * not decided, `muted` for what matters less. Each has a colour and a shape of its own.
 */
export type Tone = 'good' | 'waiting' | 'bad' | 'muted';

/** A text, a number or a truth value in a view; null leaves its place empty. */
export type Cell = string | number | bigint | boolean | null;

/** What tells the items of a view apart: an item with the same id is the same one at every step. */
export type ItemId = string | number | bigint;

/** Rows and columns. */
export interface TableView {
  readonly kind: 'table';
  /** The heads of the columns. A column of numbers is aligned to the right. */
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly id: ItemId;
    /** One for each column. */
    readonly cells: readonly Cell[];
    readonly tone?: Tone;
  }[];
}

/** Entries that last from one time to another, in columns such as days, rooms or people. */
export interface CalendarView {
  readonly kind: 'calendar';
  readonly columns: readonly string[];
  /** The first and the last minute of a day that are shown, counted from midnight: 540 is 9:00. */
  readonly from: number;
  readonly to: number;
  /** When something can take place; the rest is shaded. By default, always. */
  readonly open?: readonly {
    readonly column: number;
    readonly from: number;
    readonly to: number;
  }[];
  readonly entries: readonly {
    readonly id: ItemId;
    /** The index of its column. */
    readonly column: number;
    readonly from: number;
    readonly to: number;
    readonly title: string;
    readonly detail?: string;
    readonly tone?: Tone;
  }[];
}

/** Places that stay where they are, such as the doors of a locker or the seats of a hall. */
export interface GridView {
  readonly kind: 'grid';
  /** How many places are beside each other. */
  readonly columns: number;
  readonly places: readonly {
    readonly id: ItemId;
    readonly title: string;
    readonly detail?: string;
    readonly tone?: Tone;
  }[];
}

/** Cards, in groups if they name one, such as the columns of a board. */
export interface CardsView {
  readonly kind: 'cards';
  readonly cards: readonly {
    readonly id: ItemId;
    readonly title: string;
    readonly group?: string;
    readonly facts?: Readonly<Record<string, Cell>>;
    readonly tone?: Tone;
  }[];
}

/** A number for each of some things. */
export interface BarsView {
  readonly kind: 'bars';
  /** What the numbers count, such as `cents`. */
  readonly unit?: string;
  readonly bars: readonly {
    readonly id: ItemId;
    readonly title: string;
    readonly value: number;
    readonly tone?: Tone;
  }[];
}

/** Curves over common positions. */
export interface LinesView {
  readonly kind: 'lines';
  readonly unit?: string;
  /** Ascending. */
  readonly x: readonly number[];
  readonly lines: readonly {
    readonly id: ItemId;
    readonly title: string;
    /** One for each position; null is a gap. */
    readonly values: readonly (number | null)[];
  }[];
}

/** Things, and what leads from one to another. */
export interface GraphView {
  readonly kind: 'graph';
  readonly nodes: readonly {
    readonly id: ItemId;
    readonly title: string;
    readonly detail?: string;
    readonly tone?: Tone;
  }[];
  readonly edges: readonly {
    /** The ids of two nodes. */
    readonly from: ItemId;
    readonly to: ItemId;
    readonly title?: string;
    readonly tone?: Tone;
  }[];
}

/** What a view of a machine returns: plain data for one of a few forms, which the tools draw. */
export type View =
  | TableView
  | CalendarView
  | GridView
  | CardsView
  | BarsView
  | LinesView
  | GraphView;

/**
 * Pictures of a state, in the terms of the people who know the domain, by name:
 *
 * ```ts
 * views: {
 *   accounts: (state) => ({
 *     kind: 'table',
 *     columns: ['Account', 'Balance'],
 *     rows: [...state.accounts.values()].map(({ id, balance }) => ({ id, cells: [id, balance] })),
 *   }),
 * },
 * ```
 *
 * A view is a pure function, like an invariant, and is called with the state of any step. What changed
 * since another step is marked by the ids of the items.
 */
export type Views<State> = Readonly<Record<string, (state: DeepReadonly<State>) => View>>;

/** What is wrong with the views that an author declares; `undefined` if nothing is. */
export function findViewsProblem(views: unknown): string | undefined {
  if (views === undefined) return undefined;
  if (typeof views !== 'object' || views === null || Array.isArray(views))
    return '`machine.views` must be an object of functions, by name';
  const names = Object.keys(views);
  if (names.length > NAMES_MAX)
    return `\`machine.views\` must have at most ${formatCount(NAMES_MAX)} views`;
  for (const name of names) {
    const which = `\`machine.views[${JSON.stringify(cutText(name, 40))}]\``;
    if (name === '' || name.length > NAME_CHARS_MAX)
      return `${which} must have a name of 1 to ${formatCount(NAME_CHARS_MAX)} characters`;
    if (typeof (views as Readonly<Record<string, unknown>>)[name] !== 'function')
      return `${which} must be a function of the state`;
  }
  return undefined;
}
