import { z } from 'zod';
import { keysOf } from '../../core/keys-of.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { pathCodec } from '../../core/trace/format/codecs.ts';
import type { StepGlance } from '../../core/trace/glance.ts';
import type { Path } from '../../core/value/path.ts';

/** How a step ended, as filters tell steps apart. */
export const OUTCOMES = ['ok', 'rejected', 'failed', 'panic', 'hang', 'died'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

export const OPERATION_KINDS = keysOf(OPERATION_WORDS);

/** A path as a filter keeps it. */
export function pathText(path: Path): string {
  return JSON.stringify(z.encode(pathCodec, path));
}

/**
 * The path that a filter keeps.
 *
 * @throws {Error} for a text that {@link pathText} did not write.
 */
export function pathIn(text: string): Path {
  return z.decode(pathCodec, JSON.parse(text) as z.input<typeof pathCodec>);
}

function isPathText(text: string): boolean {
  try {
    return pathIn(text) !== undefined;
  } catch {
    return false;
  }
}

export const stepFilterSchema = z.object({
  /** Texts, apart by spaces, that the lines of the steps all hold. */
  words: z.string().exactOptional(),
  /** Any of these kinds of operations. */
  kinds: z.array(z.enum(OPERATION_KINDS)).readonly().exactOptional(),
  /** Any of these outcomes. */
  outcomes: z.array(z.enum(OUTCOMES)).readonly().exactOptional(),
  /** Any of these kinds of errors; that of a panic is its name. */
  errors: z.array(z.string()).readonly().exactOptional(),
  /** Steps with a note or a bookmark. */
  noted: z.literal(true).exactOptional(),
  hasFinding: z.literal(true).exactOptional(),
  hasFault: z.literal(true).exactOptional(),
  hasChangedState: z.literal(true).exactOptional(),
  /** The signature of a cause, which a finding of the step has. */
  cause: z.string().exactOptional(),
  /** The record that the step concerns, as `formatRecord` writes it. */
  record: z.string().exactOptional(),
  /** The path whose value the step changed, as {@link pathText} writes it. */
  changed: z.string().refine(isPathText).exactOptional(),
  /** An expression that is true at the step. */
  where: z.string().exactOptional(),
});

/** What steps are shown: those to which all of it applies. An empty filter shows all steps. */
export type StepFilter = z.output<typeof stepFilterSchema>;

/** The names of what a filter says about steps. */
export type Criterion = keyof StepFilter;

const CRITERIA = keysOf(stepFilterSchema.shape);

/** What a filter says, in the order in which it is shown. */
export function criteriaOf(filter: StepFilter): readonly Criterion[] {
  return CRITERIA.filter((name) => filter[name] !== undefined);
}

/** The filter with something changed; what is empty then, or `undefined`, is left out. */
export function withCriteria(
  filter: StepFilter,
  change: { readonly [Name in Criterion]?: StepFilter[Name] | undefined },
): StepFilter {
  const entries = Object.entries({ ...filter, ...change });
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && (value === true || value.length > 0)),
  );
}

/** The outcome of a step, from its glance. */
export function outcomeOf({ outcome, hasFault }: StepGlance): OutcomeName {
  switch (outcome) {
    case 'ok':
    case 'panic':
    case 'hang':
      return outcome;
    case 'err':
      return hasFault ? 'failed' : 'rejected';
    case 'crashed':
      return 'died';
  }
}

/** Whether a fault struck in a step, inside of it or as the step itself. */
function isFault({ operation, hasFault, isDuplicate, hasRefusedAction, outcome }: StepGlance) {
  if (hasFault || isDuplicate || hasRefusedAction) return true;
  return operation === 'crash' || operation === 'loss' || outcome === 'crashed';
}

/** What a filter says about the glances of steps; the rest needs their lines, or the findings. */
export function glanceTest(filter: StepFilter): (glance: StepGlance) => boolean {
  const kinds = filter.kinds && new Set(filter.kinds);
  const outcomes = filter.outcomes && new Set(filter.outcomes);
  return (glance) =>
    (kinds?.has(glance.operation) ?? true) &&
    (outcomes?.has(outcomeOf(glance)) ?? true) &&
    (!filter.hasFinding || glance.hasFinding) &&
    (!filter.hasFault || isFault(glance)) &&
    (!filter.hasChangedState || glance.hasChangedState);
}

/** The texts that a step must hold. */
export function textsOf({ words = '' }: StepFilter): readonly string[] {
  return words.split(/\s+/).filter((text) => text !== '');
}
