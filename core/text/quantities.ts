import { z } from 'zod';
import { ProblemError } from '../problem.ts';
import { formatCount } from './counts.ts';

export { byCount, formatAll, formatCount, formatMore, formatPlural } from './counts.ts';

/**
 * @file Quantities that people type: seeds, counts, steps, ranges of seeds, times and shards. Text is
 * parsed here once, where it enters (an option of the command line, a field of the window); from
 * there on the values are typed.
 */

/** The largest seed: seeds are unsigned 64-bit integers. */
export const SEED_MAX = 0xffff_ffff_ffff_ffffn;
/** The most operations that one run may have. */
export const OPERATIONS_MAX = 5_000_000;
/** The most seeds that one sweep may have. */
export const SEEDS_MAX = 1_000_000_000;
/** The most parts that the seeds of a sweep are divided into: more than any service has jobs. */
export const SHARDS_MAX = 10_000;
/** The longest time that a sweep may be given. */
const TIME_HOURS_MAX = 168;

/** A value, or why the text is not one and what to type instead. */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'err'; readonly problem: { readonly title: string; readonly remedy: string } };

/** A seed wherever it leaves memory (files, messages between processes): decimal digits only. */
export const seedSchema = z
  .string()
  .refine(isSeedText, `must be a seed: decimal digits, 0 to ${SEED_MAX}`);

/** A number of operations. */
export const operationsSchema = z.number().int().min(1).max(OPERATIONS_MAX);

/** Seeds that follow one another. */
export interface Seeds {
  readonly from: bigint;
  readonly count: number;
}

/** Which part of the seeds one process sweeps: the index is 1-based. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/**
 * The parsed value.
 *
 * @throws {ProblemError} when the text was wrong.
 */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.kind === 'ok') return parsed.value;
  throw new ProblemError(parsed.problem);
}

function isSeedText(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) <= SEED_MAX;
}

/**
 * Parses a seed: decimal digits, 0 to {@link SEED_MAX}. Groups of digits may be set apart by spaces,
 * `_` or `,`.
 */
export function parseSeed(text: string): Parsed<bigint> {
  const digits = ungroup(text);
  if (isSeedText(digits)) return ok(BigInt(digits));
  return err(`${quote(text)} is not a seed.`, `Give a whole number from 0 to ${SEED_MAX}.`);
}

/**
 * Parses a whole number from 1 to `max`, with or without groups of digits.
 *
 * @param what the number counts, for the message: `number of operations`.
 */
export function parseCount(text: string, what: string, max: number): Parsed<number> {
  const digits = ungroup(text);
  const count = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (count >= 1 && count <= max) return ok(count);
  return err(
    `${quote(text)} is not a ${what}.`,
    `Give a whole number from 1 to ${formatCount(max)}.`,
  );
}

/** Parses the index of a step, from 0 to `last`. */
export function parseStepIndex(text: string, last: number): Parsed<number> {
  const digits = ungroup(text);
  const stepIndex = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (stepIndex <= last) return ok(stepIndex);
  return err(`${quote(text)} is not a step.`, `Give a step from 0 to ${formatCount(last)}.`);
}

/**
 * Parses a whole number from 0 to `max`.
 *
 * @param what the number counts, for the message: `number of actions`.
 */
export function parseFromZero(text: string, what: string, max: number): Parsed<number> {
  const digits = ungroup(text);
  const count = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (count <= max) return ok(count);
  return err(
    `${quote(text)} is not a ${what}.`,
    `Give a whole number from 0 to ${formatCount(max)}.`,
  );
}

/** Parses the number of operations of a run. */
export function parseOperations(text: string): Parsed<number> {
  return parseCount(text, 'number of operations', OPERATIONS_MAX);
}

/** Parses the number of seeds of a sweep. */
export function parseSeedCount(text: string): Parsed<number> {
  return parseCount(text, 'number of seeds', SEEDS_MAX);
}

/** Parses the first and the last seed of a sweep: `0..999`. */
export function parseSeedRange(text: string): Parsed<Seeds> {
  const [first, last, ...more] = text.split('..').map(parseSeed);
  if (first?.kind !== 'ok' || last?.kind !== 'ok' || more.length > 0) {
    return err(
      `${quote(text)} is not a range of seeds.`,
      'Give the first and the last seed: 0..999.',
    );
  }
  const count = last.value - first.value + 1n;
  if (count >= 1n && count <= BigInt(SEEDS_MAX)) {
    return ok({ from: first.value, count: Number(count) });
  }
  return err(
    `The range ${text.trim()} holds ${count < 1n ? 'no seed' : 'too many seeds'}.`,
    `Give 1 to ${formatCount(SEEDS_MAX)} seeds, the smaller one first.`,
  );
}

/** Seeds from a first one on; there must be as many up to the largest seed. */
export function toSeedRange(from: bigint, count: number): Parsed<Seeds> {
  const left = SEED_MAX - from + 1n;
  if (BigInt(count) <= left) return ok({ from, count });
  const seeds = left === 1n ? 'is only 1 seed' : `are only ${formatCount(Number(left))} seeds`;
  return err(
    `From seed ${from} on there ${seeds}, not ${formatCount(count)}.`,
    `Give a number of seeds up to ${left}, or a smaller first seed.`,
  );
}

/** How many bytes the runs of a session may take together, unless something else is asked for. */
export const SESSION_BYTES_MAX = 4 * 1024 ** 3;

/** For how many days the files of a session are kept that could not be read and were put aside, */
export const ASIDE_DAYS = 90;
/** and how many bytes they may take together. */
export const ASIDE_BYTES_MAX = 256 * 1024 ** 2;

/** The time that a step may take, unless something else is asked for. */
export const TIME_LIMIT_MS = 5_000;

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

/** Parses a time such as `500ms`, `60s`, `1.5m`, `10min` or `2h`; returns milliseconds. */
export function parseTime(text: string): Parsed<number> {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim()) ?? [];
  const timeMs = Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (timeMs > 0 && timeMs <= TIME_HOURS_MAX * UNITS_MS.h) return ok(timeMs);
  return err(
    `${quote(text)} is not a time.`,
    `Give a number with a unit, at most ${TIME_HOURS_MAX}h: 60s, 10m or 2h.`,
  );
}

const UNITS_BYTES = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 } as const;

/** Parses a size such as `500 MB`, `4 GB` or `1.5gb`; returns bytes. */
export function parseBytes(text: string): Parsed<number> {
  const [, digits, unit = 'gb'] = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb)?$/i.exec(text.trim()) ?? [];
  const size = Number(digits) * UNITS_BYTES[unit.toLowerCase() as keyof typeof UNITS_BYTES];
  if (size > 0 && size < 1024 * UNITS_BYTES.tb) return ok(Math.round(size));
  return err(
    `${quote(text)} is not a size.`,
    'Give a number with a unit, less than 1024 TB: 500 MB or 4 GB.',
  );
}

/** A size in the largest unit that it has one of, as {@link parseBytes} reads it: `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const { kb, mb, gb, tb } = UNITS_BYTES;
  const [name, unit] =
    bytes >= tb ? ['TB', tb] : bytes >= gb ? ['GB', gb] : bytes >= mb ? ['MB', mb] : ['KB', kb];
  const size = bytes / unit;
  // One decimal, where it says something.
  return `${size < 100 ? Math.round(size * 10) / 10 : Math.round(size)} ${name}`;
}

/** Parses a shard: `3/16` is the third of sixteen. */
export function parseShard(text: string): Parsed<Shard> {
  const [, index, total] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = toShard(Number(index), Number(total));
  if (shard) return ok(shard);
  return err(
    `${quote(text)} is not a shard.`,
    `Give which shard of how many, counted from 1, at most ${formatCount(SHARDS_MAX)}: 3/16.`,
  );
}

/** A shard, if there is one of that index, and no more than {@link SHARDS_MAX}. */
export function toShard(index: number, total: number): Shard | undefined {
  const isShard =
    Number.isSafeInteger(index) &&
    Number.isSafeInteger(total) &&
    index >= 1 &&
    index <= total &&
    total <= SHARDS_MAX;
  return isShard ? { index, total } : undefined;
}

/** A time as {@link parseTime} reads it: `500 ms`, `5 s`. */
export function formatTime(timeMs: number): string {
  return timeMs < UNITS_MS.s ? `${timeMs} ms` : `${formatCount(timeMs / UNITS_MS.s)} s`;
}

/** How often something happened: `once`, `10 000 times`. */
export function formatTimes(count: number): string {
  return count === 1 ? 'once' : `${formatCount(count)} times`;
}

function ungroup(text: string): string {
  return text.trim().replaceAll(/(?<=\d)[_, \u00a0\u202f](?=\d)/g, '');
}

function quote(text: string): string {
  return text.trim() === '' ? 'An empty text' : `"${text.trim()}"`;
}

function ok<T>(value: T): Parsed<T> {
  return { kind: 'ok', value };
}

function err(title: string, remedy: string): Parsed<never> {
  return { kind: 'err', problem: { title, remedy } };
}
