import {
  OPERATIONS_MAX,
  readOperations,
  SEEDS_MAX,
  type SweepRunSettings,
} from '../../core/api/contract.ts';
import { parseSeed, SEED_MAX } from '../../core/random/seed.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import type { SettingsDraft } from './settings.ts';

/** The settings of a sweep while they are being typed; the toolbar holds the others. */
export interface SweepDraft {
  /** Whether a number of seeds decides, or the time. */
  readonly by: 'count' | 'time';
  readonly count: string;
  /** Such as `60s`, `10m` or `2h`. */
  readonly time: string;
  /** The first seed. */
  readonly from: string;
}

export const SWEEP_DRAFT_DEFAULT: SweepDraft = { by: 'count', count: '200', time: '1m', from: '0' };

/** What is wrong with the settings of a sweep, by field. */
export interface SweepProblems {
  readonly count?: string;
  readonly time?: string;
  readonly from?: string;
  /** Of the toolbar. */
  readonly operations?: string;
}

/** So long a sweep may take. */
const TIME_HOURS_MAX = 24;
const UNITS_MS = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

/** Reads the settings as typed: either what to sweep, or what is wrong. */
export function readSweep(
  draft: SweepDraft,
  { scenario, faults, operations, inputs }: SettingsDraft,
):
  | { readonly kind: 'ok'; readonly settings: SweepRunSettings }
  | { readonly kind: 'err'; readonly problems: SweepProblems } {
  const from = parseSeed(draft.from);
  const operationsMax = readOperations(operations);
  const count = draft.by === 'count' ? readCount(draft.count) : undefined;
  const timeBudgetMs = draft.by === 'time' ? readTime(draft.time) : undefined;
  const seedsLeft = from.kind === 'ok' ? SEED_MAX - from.seed + 1n : SEED_MAX;
  const problems: SweepProblems = {
    ...(draft.by === 'count' && count === undefined
      ? { count: `A whole number from 1 to ${formatCount(SEEDS_MAX)}.` }
      : {}),
    ...(count !== undefined && BigInt(count) > seedsLeft
      ? { count: `From that seed on there are only ${formatPlural(Number(seedsLeft), 'seed')}.` }
      : {}),
    ...(draft.by === 'time' && timeBudgetMs === undefined
      ? { time: `A time such as 60s, 10m or 2h, at most ${TIME_HOURS_MAX}h.` }
      : {}),
    ...(from.kind === 'err' ? { from: from.message } : {}),
    ...(operationsMax === undefined
      ? { operations: `Operations: a whole number from 1 to ${formatCount(OPERATIONS_MAX)}.` }
      : {}),
  };
  if (from.kind === 'err' || operationsMax === undefined || Object.keys(problems).length > 0) {
    return { kind: 'err', problems };
  }
  const limit = count === undefined ? {} : { count };
  const budget = timeBudgetMs === undefined ? {} : { timeBudgetMs };
  const source = inputs === undefined ? { scenario } : { scenario, inputs };
  const settings = { ...source, faults, operationsMax, from: from.seed.toString() };
  return { kind: 'ok', settings: { ...settings, ...limit, ...budget } };
}

function readCount(text: string): number | undefined {
  const digits = text.trim().replaceAll(/(?<=\d)[_, \u202f](?=\d)/g, '');
  const count = Number(digits);
  return /^\d+$/.test(digits) && count >= 1 && count <= SEEDS_MAX ? count : undefined;
}

/** A time from text, in milliseconds; seconds, when there is no unit. */
function readTime(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h)?$/.exec(text.trim()) ?? [];
  const timeMs = Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return timeMs > 0 && timeMs <= TIME_HOURS_MAX * UNITS_MS.h ? timeMs : undefined;
}

/** Which seeds a sweep is of: `seeds 0 to 199`, or `from seed 0 for 60 s`. */
export function describeSeeds({ from, count, timeBudgetMs }: SweepRunSettings): string {
  if (count === undefined) return `from seed ${from} for ${formatTime(timeBudgetMs ?? 0)}`;
  if (count === 1) return `seed ${from}`;
  return `seeds ${from} to ${BigInt(from) + BigInt(count) - 1n}`;
}

/** A time in words as short as they get: `0.8 s`, `42 s`, `3 min 5 s`, `2 h`. */
export function formatTime(timeMs: number): string {
  if (timeMs < 10_000) return `${(timeMs / 1_000).toFixed(timeMs % 1_000 === 0 ? 0 : 1)} s`;
  const seconds = Math.floor(timeMs / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .slice(0, 2)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
