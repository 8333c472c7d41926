import { z } from 'zod';
import type { Value } from '../value/value.ts';

/** An object of a JSON document. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** Thrown for a document that is not a trace in the Informal Trace Format, with the place. */
export class ItfError extends Error {
  override readonly name = 'ItfError';
}

/** The names under which Quint writes which action was taken, newest first. */
export const ACTION_NAMES = ['mbt::actionTaken', 'action_taken'] as const;
/** The names under which Quint writes what was picked for it. */
export const PICKS_NAMES = ['mbt::nondetPicks', 'nondet_picks'] as const;
/** The names that need not be in every state, even when a document declares them as variables. */
export const QUINT_NAMES: readonly string[] = [...ACTION_NAMES, ...PICKS_NAMES];
/** Comments of a tool, in the document and in each state. */
export const META = '#meta';
/** Where our own documents keep the trace, in their `#meta`. */
export const OWN = 'phasmoscope';
/** The expression of a variable that a state does not have: every state has every variable. */
export const ABSENT = { '#unserializable': 'absent' };
/** The name of a state that is not a record. */
export const WHOLE = 'state';
/** The action of a step for which the document names none. */
export const UNNAMED_ACTION = 'Step';

/** Whether a value of JSON is an object. */
export function isJsonObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

// Not a record of zod, which leaves out `__proto__`.
const object = z.custom<JsonObject>(isJsonObject, 'must be an object');

/** A document; it may have other keys as well. */
export const documentSchema = z.object({
  [META]: object.optional(),
  params: z.array(z.string()).optional(),
  vars: z.array(z.string()),
  states: z.array(object).min(1),
  // Quint's evaluator in Rust writes null where there is none.
  loop: z.number().int().nonnegative().nullish(),
});

/** What the header of a trace keeps of a document. */
export const sourceSchema = z.object({
  /** The document without its states. */
  head: object,
  /** The variables that named the action and its picks. */
  action: z.enum(ACTION_NAMES).exactOptional(),
  picks: z.enum(PICKS_NAMES).exactOptional(),
  /** What both were in state 0, to which no step leads. */
  initial: z.object({ action: z.string().exactOptional(), picks: z.unknown().exactOptional() }),
  /** The names in state 0 that no later state repeats. */
  constants: z.array(z.string()),
  /** The `#meta` of each state, unless all are `{ index }`, or all are missing. */
  metas: z.union([z.enum(['index', 'none']), z.array(z.unknown())]),
});

export type ItfSource = Omit<z.output<typeof sourceSchema>, 'initial'> & {
  readonly initial: { readonly action?: string; readonly picks?: Value };
};
