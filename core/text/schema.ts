import type { z } from 'zod';
import { formatCount, formatPlural } from './counts.ts';

/**
 * @file What is wrong with data that a schema refuses, in one sentence: data comes from files and other
 * programs, whose authors know no schema.
 */

/** Data in the form of a schema, or what is wrong with it. */
export type Fitted<T> =
  | { readonly kind: 'fits'; readonly value: T }
  | { readonly kind: 'misfit'; readonly misfit: Misfit };

/** The place of the first thing that is wrong, and a clause that follows it: `must be a list`. */
export interface Misfit {
  readonly path: readonly PropertyKey[];
  readonly what: string;
  /** The keys that are not known, if that is what is wrong. */
  readonly unknown: readonly string[];
}

/** Checks data against a schema. */
export function fit<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
): Fitted<z.output<Schema>> {
  const parsed = schema.safeParse(data, { error: plainEnglish });
  if (parsed.success) return { kind: 'fits', value: parsed.data };
  return { kind: 'misfit', misfit: misfitOf(parsed.error.issues) };
}

/** A misfit as a clause, such as `states.0.x: must be a list`. */
export function describeMisfit({ path, what }: Misfit, whole = ''): string {
  const place = path.length === 0 ? whole : path.map(String).join('.');
  return place === '' ? what : `${place}: ${what}`;
}

function misfitOf(
  issues: readonly z.core.$ZodIssue[],
  parent: readonly PropertyKey[] = [],
): Misfit {
  const [issue] = issues;
  const path = [...parent, ...(issue?.path ?? [])];
  const likeliest =
    issue?.code === 'invalid_union'
      ? likeliestOf(issue.errors.map((one) => misfitOf(one, path)))
      : undefined;
  // Of the union as a whole its schema may say more.
  const isOfMember =
    likeliest && (likeliest.path.length > path.length || issue?.message === NO_KIND);
  if (isOfMember) return likeliest;
  return {
    path,
    what: issue?.message ?? WRONG_FORM,
    unknown: issue?.code === 'unrecognized_keys' ? issue.keys : [],
  };
}

/** A union reports what is wrong for each member: the deepest place was meant to be of that member. */
function likeliestOf(misfits: readonly Misfit[]): Misfit | undefined {
  const [deepest] = misfits.toSorted((one, other) => other.path.length - one.path.length);
  if (!deepest) return undefined;
  const place = deepest.path.join();
  const alike = misfits.filter(({ path }) => path.join() === place).map(({ what }) => what);
  const isChoice = alike.every((what) => what.startsWith(MUST_BE));
  if (!isChoice) return deepest;
  const choices = new Set(alike.map((what) => what.slice(MUST_BE.length)));
  return { ...deepest, what: `${MUST_BE}${listed([...choices])}` };
}

const MUST_BE = 'must be ';
const NO_KIND = 'is not of a known kind';
const WRONG_FORM = 'has the wrong form';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a big integer',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'a Map',
  set: 'a Set',
};

/** So many of the values that are possible are named. */
const VALUES_NAMED_MAX = 12;

function plainEnglish(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `${MUST_BE}${KINDS[issue.expected] ?? `of the type ${issue.expected}`}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `${MUST_BE}${listed(issue.values.map(quoted))}`;
    case 'too_small':
      return limit(
        issue.origin,
        issue.inclusive === false ? 'more than' : 'at least',
        issue.minimum,
      );
    case 'too_big':
      return limit(
        issue.origin,
        issue.inclusive === false ? 'less than' : 'at most',
        issue.maximum,
      );
    case 'unrecognized_keys':
      return `has no field ${listed(issue.keys.map(quoted))}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : NO_KIND;
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
    default:
      return WRONG_FORM;
  }
}

function limit(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${count(bound, 'character')}`;
  if (origin === 'array' || origin === 'set' || origin === 'map') {
    return `must have ${relation} ${count(bound, 'item')}`;
  }
  return `${MUST_BE}${relation} ${bound}`;
}

function count(bound: number | bigint, noun: string): string {
  return formatPlural(Number(bound), noun);
}

function quoted(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
function listed(values: readonly string[]): string {
  if (values.length > VALUES_NAMED_MAX) {
    const more = values.length - VALUES_NAMED_MAX;
    return `${values.slice(0, VALUES_NAMED_MAX).join(', ')} or one of ${formatCount(more)} more`;
  }
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}
