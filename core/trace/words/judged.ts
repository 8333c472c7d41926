import { z } from 'zod';
import { sentenceSchema } from './sentences.ts';

/**
 * What a part of a run is, which the run can be without:
 * - `input`: a request, with whatever only follows from it;
 * - `completion`: without it, the result does not come until the end;
 * - `resultValue`: what a completion says, where it need not come; without it, another result comes;
 * - `secondDelivery`: a completion that had come before;
 * - `delay`: a completion that came late; without it, the completion comes right after its action;
 * - `loss`: a completion that got lost; without it, the completion comes;
 * - `fault`: a fault inside a step;
 * - `crash`: a crash after a commit, and its restore.
 */
export const PART_KINDS = [
  'input',
  'completion',
  'resultValue',
  'secondDelivery',
  'delay',
  'loss',
  'fault',
  'crash',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/**
 * What a run without a part comes to:
 * - `needed`: the cause appears nowhere in it;
 * - `otherwise`: the cause still appears, but at another step;
 * - `notNeeded`: the finding is there as before.
 */
export const NEEDS = ['needed', 'otherwise', 'notNeeded'] as const;
export type Need = (typeof NEEDS)[number];

/** A part of a run that was judged, without what the run without it does otherwise. */
export const judgedStepSchema = z.object({
  kind: z.enum(PART_KINDS),
  stepIndex: z.number(),
  need: z.enum(NEEDS),
});
export type JudgedStep = Readonly<z.infer<typeof judgedStepSchema>>;

/** A field of a request that was given other values, and whether the finding needs the value that it has. */
const judgedFieldSchema = z.object({
  stepIndex: z.number(),
  name: z.string(),
  need: z.enum(NEEDS),
});

/** Why a run fails, once all of its parts are judged. */
export const explainedSchema = z.object({
  sentences: z.array(sentenceSchema),
  /** The steps that matter only together. */
  together: z.array(z.number()),
  /** Of a short run, the fields of the requests that are needed; empty for others. */
  fields: z.array(judgedFieldSchema),
  /** The nearest run that passes, as a fork; absent when no single change makes it pass. */
  nearest: z.string().exactOptional(),
  tries: z.number(),
});
export type Explained = Readonly<z.infer<typeof explainedSchema>>;

/** How much the fields of the request of a step are needed, by their names; empty if that was not asked. */
export function fieldNeedsAt(
  explained: Explained | undefined,
  stepIndex: number,
): ReadonlyMap<string, Need> {
  const own = explained?.fields.filter((field) => field.stepIndex === stepIndex) ?? [];
  return new Map(own.map(({ name, need }) => [name, need]));
}

/** Adds parts to what is known of steps: a step is as needed as that part of it which is needed most. */
export function withParts(
  known: ReadonlyMap<number, Need>,
  parts: readonly JudgedStep[],
): ReadonlyMap<number, Need> {
  const needs = new Map(known);
  for (const { stepIndex, need } of parts) {
    const before = needs.get(stepIndex);
    const isStronger = before === undefined || NEEDS.indexOf(need) < NEEDS.indexOf(before);
    if (isStronger) needs.set(stepIndex, need);
  }
  return needs;
}

/**
 * How often runs fail that share the steps of a run before one, and draw anew from there; with the share of
 * those that fail with the same cause, 0 to 1, and its 95 % confidence band.
 */
export const doomPointSchema = z.object({
  /** The number of steps that they share. */
  from: z.number(),
  runs: z.number(),
  failed: z.number(),
  share: z.number(),
  low: z.number(),
  high: z.number(),
});
export type DoomPoint = Readonly<z.infer<typeof doomPointSchema>>;

/** Whether a change of the machine helped, by the places that two curves of doom share. */
export interface MendVerdict {
  readonly kind: 'helps' | 'harms' | 'same';
  /** The place at which the shares are furthest apart. */
  readonly widest?: { readonly from: number; readonly before: number; readonly after: number };
  /** The first and the last place at which they differ beyond doubt, in that direction. */
  readonly first?: number;
  readonly last?: number;
}

/** Compares two curves of doom, before and after a change of the machine. Only bands that are apart count. */
export function compareDoom(
  before: readonly DoomPoint[],
  after: readonly DoomPoint[],
): MendVerdict {
  const was = new Map(before.map((point) => [point.from, point]));
  const pairs = after.flatMap((now) => {
    const old = was.get(now.from);
    return old ? [{ from: now.from, old, now, by: old.share - now.share }] : [];
  });
  const better = pairs.filter(({ old, now }) => now.high < old.low);
  const worse = pairs.filter(({ old, now }) => now.low > old.high);
  const apart = better.length >= worse.length ? better : worse;
  const widest = apart.toSorted((one, other) => Math.abs(other.by) - Math.abs(one.by))[0];
  if (!widest) return { kind: 'same' };
  const places = apart.map(({ from }) => from);
  return {
    kind: apart === better ? 'helps' : 'harms',
    widest: { from: widest.from, before: widest.old.share, after: widest.now.share },
    first: Math.min(...places),
    last: Math.max(...places),
  };
}

/**
 * What becomes of a run that crashes at a point, restores, receives what is outstanding and settles:
 * - `fine`: nothing is found;
 * - `fails`: something is found that is not found without the crash;
 * - `failsAnyway`: what is found is found without the crash as well.
 */
export const CRASH_VERDICTS = ['fine', 'fails', 'failsAnyway'] as const;

/** What became of a run that crashed at a point of a step. */
export const crashVerdictSchema = z.object({
  stepIndex: z.number(),
  /** How many actions of the step were out; absent when the process died before its commit. */
  dispatched: z.number().exactOptional(),
  verdict: z.enum(CRASH_VERDICTS),
  /** What was found, in short. */
  findings: z.array(z.object({ kind: z.string(), name: z.string(), message: z.string() })),
});
export type CrashVerdictInBrief = Readonly<z.infer<typeof crashVerdictSchema>>;
