import { z } from 'zod';

/**
 * What a part of a run is, which the run can be without:
 * - `input`: a request, with whatever only follows from it;
 * - `completion`: without it, the result does not come until the end;
 * - `secondDelivery`: a completion that had come before;
 * - `delay`: a completion that came late; without it, the completion comes right after its action;
 * - `loss`: a completion that got lost; without it, the completion comes;
 * - `fault`: a fault inside a step;
 * - `crash`: a crash after a commit, and its restore.
 */
export const PART_KINDS = [
  'input',
  'completion',
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
