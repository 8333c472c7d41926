import { z } from 'zod';
import { STEPS_MAX } from '../limits.ts';
import { ProblemError } from '../problem.ts';
import { parseStepIndex, type Parsed } from '../text/quantities.ts';
import { quoteForShell } from '../text/shell.ts';
import { cutText, showText } from '../text/visible.ts';

/**
 * @file Any place in a trace, as a link that opens it in the program, and as a command line. This module
 * makes both, and reads links; whoever opens the file of a link asks first.
 */

/** The names of the views that a place can be shown in. */
export const VIEW_NAMES = [
  'state',
  'steps',
  'causality',
  'sequence',
  'lifecycle',
  'console',
  'source',
  'difference',
  'beside',
  'drawing',
  'notes',
] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** What links and commands call a view, where its tab has another name than the program: as the tab does. */
const NAMES_OF_TABS: ReadonlyMap<string, string> = new Map<ViewName, string>([
  ['drawing', 'views'],
  ['beside', 'side-by-side'],
]);

/** What links and commands call a view. */
export function nameOfView(view: string): string {
  return NAMES_OF_TABS.get(view) ?? view;
}

/** The view of a list that a link or a command names, by the name of its tab or that of the program. */
export function findView<View extends string>(
  views: readonly View[],
  name: string,
): View | undefined {
  const wanted = name.toLowerCase().replaceAll(' ', '-');
  return views.find((view) => view === wanted || nameOfView(view) === wanted);
}

/** A link with more is not followed. */
const LINK_CHARS_MAX = 8_000;
const TEXT_CHARS_MAX = 2_000;

/** What survives being written to a link: half of a surrogate pair would not. */
const text = z
  .string()
  .min(1)
  .max(TEXT_CHARS_MAX)
  .refine((value) => value.isWellFormed());

/** What is looked at in a run. Whatever is absent is as the window has it. */
export const spotSchema = z.object({
  /** -1 is the initial state. */
  step: z.number().int().min(-1).max(STEPS_MAX).exactOptional(),
  view: z.enum(VIEW_NAMES).exactOptional(),
  /** The expression that filters the steps. */
  where: text.exactOptional(),
  /** What is chosen in the state, as `formatPath` writes it. */
  path: text.exactOptional(),
});
export type Spot = z.infer<typeof spotSchema>;

/** On this computer, by a path from the root: a link to another one would make it answer. */
const fileSchema = text
  .refine((path) => /^(?:\/(?![\\/])|[A-Za-z]:[\\/])/.test(path))
  .refine((path) => !/\p{Cc}/u.test(path));

/** A place in a trace file. */
export const placeSchema = spotSchema.extend({ file: fileSchema });
export type Place = z.infer<typeof placeSchema>;

export const LINK_SCHEME = 'phasmoscope:';
const BEGINNING = `${LINK_SCHEME}open`;
const NAMES: readonly string[] = Object.keys(placeSchema.shape);

/** Writes a place as a link; `parseLink` reads it. */
export function printLink({ file, step, view, where, path }: Place): string {
  const params = new URLSearchParams();
  const values = { file, step: step?.toString(), view: view && nameOfView(view), where, path };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) params.set(name, value);
  }
  return `${BEGINNING}?${params}`;
}

/**
 * Reads a link.
 *
 * @throws {ProblemError} when it is not one of ours, or asks for something that a link must not ask for.
 */
export function parseLink(link: string): Place {
  if (link.length > LINK_CHARS_MAX) throw refused(link, 'it is too long');
  // Some desktops add a slash after the name.
  const [, query] = /^phasmoscope:(?:\/\/)?open\/?\?([^#]*)$/.exec(link) ?? [];
  if (query === undefined) throw refused(link, `it does not begin with ${BEGINNING}?`);
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!NAMES.includes(name)) throw refused(link, `"${showText(cutText(name, 40))}" is not known`);
    if (given.has(name)) throw refused(link, `it has more than one "${name}"`);
    given.set(name, value);
  }
  const { step, view, ...rest } = Object.fromEntries(given);
  const index = step === undefined ? undefined : parseSpotStep(step);
  if (index?.kind === 'err') throw refused(link, 'its "step" cannot be used');
  const { data, error } = placeSchema.safeParse({
    ...rest,
    ...(index && { step: index.value }),
    ...(view !== undefined && { view: findView(VIEW_NAMES, view) ?? view }),
  });
  if (data) return data;
  const [name = 'file'] = error.issues[0]?.path ?? [];
  throw refused(link, `its "${String(name)}" cannot be used`);
}

/** Parses the step of a place. */
export function parseSpotStep(step: string): Parsed<number> {
  return step === '-1' ? { kind: 'ok', value: -1 } : parseStepIndex(step, STEPS_MAX);
}

function refused(link: string, reason: string): ProblemError {
  return new ProblemError({
    title: `The link was not opened: ${reason}.`,
    remedy: 'Copy it anew from the window in which the place is open, or open the trace itself.',
    details: showText(cutText(link, 400)),
  });
}

/**
 * The command line that opens something at a spot.
 *
 * @param target a trace file or a machine.
 * @param options further options with their values, such as the seed of a run.
 */
export function printCommand(
  target: string,
  options: Readonly<Record<string, string | undefined>>,
  { step, view, where, path }: Spot,
): string {
  const all = { ...options, step: step?.toString(), view: view && nameOfView(view), where, path };
  const parts = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, quoteForShell(value)],
  );
  return ['npx', 'phasmoscope', 'open', quoteForShell(target), ...parts].join(' ');
}
