import type { z } from 'zod';
import { JSON_LEVELS_MAX } from '../../core/limits.ts';

/**
 * @file Reads what was kept, entry by entry. What cannot be read was damaged, or written by another version: it
 * spoils nothing else, and whoever keeps something in its place hears of it.
 */

/** Deeper than anything that is kept: functions that call themselves must not run out of stack. */
const LEVELS_MAX = JSON_LEVELS_MAX + 32;

type Members = Readonly<Record<string, unknown>>;

/** What was read, and whether that is all of it. */
export interface Read<T> {
  readonly value: T;
  readonly isWhole: boolean;
}

export function isMembers(kept: unknown): kept is Members {
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept);
}

/** Reads a value; `undefined` where it cannot be read, or nothing was kept. */
export function readOne<Schema extends z.ZodType>(
  schema: Schema,
  kept: unknown,
): Read<z.output<Schema> | undefined> {
  const { success, data } = schema.safeParse(isTooDeep(kept) ? null : kept);
  return { value: data, isWhole: success || kept === undefined };
}

/** Reads an object without those of its members that cannot be read; `undefined` if it is nothing without them. */
export function readMembers<Schema extends z.ZodType>(
  schema: Schema,
  kept: unknown,
): { readonly value: z.output<Schema> | undefined; readonly lost: readonly string[] } {
  const whole = readOne(schema, kept);
  if (whole.value !== undefined) return { value: whole.value, lost: [] };
  if (!isMembers(kept)) return { value: undefined, lost: [] };
  const shallow = Object.entries(kept).filter(([, member]) => !isTooDeep(member));
  const { error } = schema.safeParse(Object.fromEntries(shallow));
  const wrong = new Set(error?.issues.map(({ path }) => path[0]));
  const good = shallow.filter(([name]) => !wrong.has(name));
  const lost = Object.keys(kept).filter((name) => !good.some(([other]) => other === name));
  return { value: schema.safeParse(Object.fromEntries(good)).data, lost };
}

/** Reads what was kept by names, without the entries that cannot be read. */
export function readRecord<Schema extends z.ZodType>(
  schema: Schema,
  kept: unknown,
): Read<Record<string, z.output<Schema>>> {
  if (!isMembers(kept)) return { value: {}, isWhole: kept === undefined };
  const read = Object.entries(kept).map(([name, entry]) => [name, readOne(schema, entry)] as const);
  const good = read.flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { value: Object.fromEntries(good), isWhole: read.every(([, { isWhole }]) => isWhole) };
}

/** Whether a value from JSON is nested deeper than anything that is kept. */
export function isTooDeep(kept: unknown, levels = LEVELS_MAX): boolean {
  if (typeof kept !== 'object' || kept === null) return false;
  return levels === 0 || Object.values(kept).some((part) => isTooDeep(part, levels - 1));
}

/**
 * The names of members that were kept, and are not in what was read: a newer version wrote them. Places in lists
 * are written as `[]`.
 */
export function unknownMembers(kept: unknown, read: unknown, at = ''): readonly string[] {
  if (kept === read) return [];
  if (Array.isArray(kept) && Array.isArray(read)) {
    return kept.flatMap((one, index) => unknownMembers(one, read[index], `${at}[]`));
  }
  if (!isMembers(kept) || !isMembers(read)) return [];
  return Object.entries(kept).flatMap(([name, member]) => {
    const place = at === '' ? name : `${at}.${name}`;
    return Object.hasOwn(read, name) ? unknownMembers(member, read[name], place) : [place];
  });
}
