import type { Value } from '../value/value.ts';

/** @file Which of two scalars is the simpler one. */

/** Whether another value is of the same kind, or none at all. */
export function isComparable(other: Value, value: Value): boolean {
  return typeof other === typeof value || other === null || other === undefined;
}

/** Orders two scalars, the simpler one first. The order depends only on the two. */
export function compareScalars(one: Value, other: Value): number {
  const kinds = kindRank(one) - kindRank(other);
  if (kinds !== 0) return kinds;
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other);
  if (typeof one === 'number' && typeof other === 'number') return compareNumbers(one, other);
  if (typeof one === 'bigint' && typeof other === 'bigint') return compareBigints(one, other);
  return Number(one) - Number(other);
}

const KINDS = ['undefined', 'object', 'boolean', 'number', 'bigint', 'string'];

function kindRank(value: Value): number {
  return KINDS.indexOf(typeof value);
}

function compareTexts(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}

/** Whole numbers come before fractions, and a fraction is simpler if it is shorter in writing. */
export function compareNumbers(one: number, other: number): number {
  const digits = fractionChars(one) - fractionChars(other);
  if (digits !== 0) return digits;
  const size = Math.abs(one) - Math.abs(other);
  return size === 0 ? Number(isNegative(one)) - Number(isNegative(other)) : size;
}

function fractionChars(value: number): number {
  if (!Number.isFinite(value)) return Number.MAX_SAFE_INTEGER;
  return Number.isInteger(value) ? 0 : String(Math.abs(value)).length;
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

/** Orders two whole numbers by their size, and the positive one first. */
export function compareBigints(one: bigint, other: bigint): number {
  const [size, otherSize] = [absolute(one), absolute(other)];
  if (size !== otherSize) return size < otherSize ? -1 : 1;
  return Number(one < 0n) - Number(other < 0n);
}

/** A whole number without its sign. */
export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
