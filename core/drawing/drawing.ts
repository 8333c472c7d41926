import { z } from 'zod';
import { DRAWN_CHARS_MAX, DRAWN_ITEMS_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { fit } from '../text/schema.ts';
import { cutText } from '../text/visible.ts';

/*
 * What a view of a machine returned, checked: its forms are those of `core/machine/views.ts`, where they
 * are documented for authors. Ids are strings here and bigints are written out, so that a drawing is plain
 * JSON.
 */

const MINUTES_MAX = 7 * 24 * 60;
const COLUMNS_MAX = 64;

const text = z.string('must be a string').transform((given) => cutText(given, DRAWN_CHARS_MAX));
const id = z
  .union([z.string(), z.number(), z.bigint()], 'must be a string or a number')
  .transform((given) => cutText(String(given), DRAWN_CHARS_MAX));
const tone = z.enum(
  ['good', 'waiting', 'bad', 'muted'],
  'must be "good", "waiting", "bad" or "muted"',
);
const number = z.number('must be a finite number');
const minute = number
  .min(0, 'must be a number of minutes since midnight')
  .max(MINUTES_MAX, `must be at most ${formatCount(MINUTES_MAX)} minutes`);
const cell = z
  .union(
    [z.string(), z.number(), z.nan(), z.bigint(), z.boolean(), z.null()],
    'must be a string, a number, a bigint, a boolean or null',
  )
  .transform((given) => {
    if (typeof given === 'string') return cutText(given, DRAWN_CHARS_MAX);
    const isJson = typeof given === 'boolean' || given === null || Number.isFinite(given);
    return isJson ? (given as number | boolean | null) : String(given);
  });

function listOf<Item extends z.ZodType>(item: Item, max = DRAWN_ITEMS_MAX) {
  return z
    .array(item, 'must be an array')
    .max(max, `must have at most ${formatCount(max)} items`)
    .readonly();
}

/** An object of an author: with a message of its own where it is none. */
function record<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape, 'must be an object');
}

const thing = { id, title: text, detail: text.exactOptional(), tone: tone.exactOptional() };

const table = record({
  kind: z.literal('table'),
  columns: listOf(text, COLUMNS_MAX),
  rows: listOf(record({ id, cells: listOf(cell, COLUMNS_MAX), tone: tone.exactOptional() })),
});

const calendar = record({
  kind: z.literal('calendar'),
  columns: listOf(text, COLUMNS_MAX),
  from: minute,
  to: minute,
  open: listOf(record({ column: number, from: minute, to: minute })).exactOptional(),
  entries: listOf(record({ ...thing, column: number, from: minute, to: minute })),
});

const grid = record({
  kind: z.literal('grid'),
  columns: number.int('must be a whole number').min(1, 'must be at least 1').max(COLUMNS_MAX),
  places: listOf(record(thing)),
});

const cards = record({
  kind: z.literal('cards'),
  cards: listOf(
    record({
      id,
      title: text,
      group: text.exactOptional(),
      facts: z.record(text, cell, 'must be an object').exactOptional(),
      tone: tone.exactOptional(),
    }),
  ),
});

const bars = record({
  kind: z.literal('bars'),
  unit: text.exactOptional(),
  bars: listOf(record({ id, title: text, value: number, tone: tone.exactOptional() })),
});

const lines = record({
  kind: z.literal('lines'),
  unit: text.exactOptional(),
  x: listOf(number),
  lines: listOf(record({ id, title: text, values: listOf(number.nullable()) }), COLUMNS_MAX),
});

const graph = record({
  kind: z.literal('graph'),
  nodes: listOf(record(thing)),
  edges: listOf(
    record({ from: id, to: id, title: text.exactOptional(), tone: tone.exactOptional() }),
  ),
});

const FORMS = [table, calendar, grid, cards, bars, lines, graph] as const;

/** The names of the forms, as `kind` has them. */
export const FORM_NAMES = FORMS.map(({ shape }) => shape.kind.value);

/** A picture of a state, in one of a few forms. Plain JSON. */
export const drawingSchema = z.discriminatedUnion('kind', FORMS);
export type Drawing = z.infer<typeof drawingSchema>;
/** A drawing of one form. */
export type DrawingOf<Kind extends Drawing['kind']> = Extract<Drawing, { readonly kind: Kind }>;

/** An item of a drawing, which is the same one at every step by its id. */
export interface DrawnItem {
  readonly id: string;
  readonly tone?: string | undefined;
}

/** The items of a drawing in their order. The nodes that an edge joins identify it. */
export function itemsOf(drawing: Drawing): readonly DrawnItem[] {
  switch (drawing.kind) {
    case 'table':
      return drawing.rows;
    case 'calendar':
      return drawing.entries;
    case 'grid':
      return drawing.places;
    case 'cards':
      return drawing.cards;
    case 'bars':
      return drawing.bars;
    case 'lines':
      return drawing.lines;
    case 'graph':
      return [...drawing.nodes, ...drawing.edges.map((edge) => ({ ...edge, id: edgeId(edge) }))];
  }
}

/** The id of an edge of a graph. */
export function edgeId({ from, to }: { readonly from: string; readonly to: string }): string {
  return JSON.stringify([from, to]);
}

/** What is wrong with something that is given as a view; `undefined` if it can be drawn. */
export type Checked =
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'wrong'; readonly message: string };

/** Checks what a view returned. The message completes the sentence "The view …". */
export function checkDrawing(returned: unknown): Checked {
  const wrong = (message: string) => ({ kind: 'wrong', message }) as const;
  const fitted = fit(drawingSchema, returned);
  if (fitted.kind === 'misfit') {
    const { path, what } = fitted.misfit;
    if (path.length === 0 || path[0] === 'kind') {
      const kinds = FORM_NAMES.map((name) => `"${name}"`).join(', ');
      return wrong(`must return an object whose \`kind\` is one of ${kinds}`);
    }
    return wrong(`returned something that cannot be drawn: ${writePath(path)} ${what}`);
  }
  const problem = findMismatch(fitted.value);
  if (problem !== undefined) return wrong(`returned something that cannot be drawn: ${problem}`);
  return { kind: 'drawing', drawing: fitted.value };
}

/** What the schema cannot see: parts that do not fit each other. */
function findMismatch(drawing: Drawing): string | undefined {
  const seen = new Set<string>();
  for (const { id: given } of itemsOf(drawing)) {
    if (drawing.kind !== 'graph' && seen.has(given)) return `two items have the id ${quote(given)}`;
    seen.add(given);
  }
  switch (drawing.kind) {
    case 'table': {
      const at = drawing.rows.findIndex(({ cells }) => cells.length !== drawing.columns.length);
      if (at === -1) return undefined;
      return `rows[${at}].cells must have ${drawing.columns.length} items, one for each column`;
    }
    case 'calendar':
      return findCalendarMismatch(drawing);
    case 'lines': {
      const at = drawing.lines.findIndex(({ values }) => values.length !== drawing.x.length);
      if (at === -1) return undefined;
      return `lines[${at}].values must have ${drawing.x.length} items, one for each x`;
    }
    case 'graph': {
      const nodes = new Set(drawing.nodes.map((node) => node.id));
      if (nodes.size < drawing.nodes.length) return 'two nodes have the same id';
      const lost = drawing.edges.find(({ from, to }) => !nodes.has(from) || !nodes.has(to));
      if (!lost) return undefined;
      const missing = nodes.has(lost.from) ? lost.to : lost.from;
      return `an edge leads to or from ${quote(missing)}, which is no node`;
    }
    case 'grid':
    case 'cards':
    case 'bars':
      return undefined;
  }
}

function findCalendarMismatch({ columns, from, to, open = [], entries }: DrawingOf<'calendar'>) {
  if (to <= from) return '`to` must be later than `from`';
  const wrong = (part: string, one: { column: number; from: number; to: number }, at: number) => {
    if (!Number.isInteger(one.column) || one.column < 0 || one.column >= columns.length)
      return `${part}[${at}].column must be the index of one of the ${columns.length} columns`;
    return one.to > one.from ? undefined : `${part}[${at}].to must be later than its \`from\``;
  };
  for (const [at, one] of open.entries()) {
    const problem = wrong('open', one, at);
    if (problem !== undefined) return problem;
  }
  for (const [at, one] of entries.entries()) {
    const problem = wrong('entries', one, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function quote(given: string): string {
  return JSON.stringify(cutText(given, 40));
}

function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`;
      return at === 0 ? String(part) : `.${cutText(String(part), 40)}`;
    })
    .join('');
}
