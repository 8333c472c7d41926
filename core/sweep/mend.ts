import { z } from 'zod';
import { causeWithoutPlace } from '../engine/signature.ts';
import { operationsSchema, seedSchema } from '../text/quantities.ts';
import { claimOf, seedsNeeded, type SeedClaim } from './confidence.ts';
import { REGRESSION_KINDS, type SweepReport } from './report.ts';
import { compareSeeds } from './seeds.ts';
import { isSought, type Sought } from './sought.ts';

/** The most failed seeds that are tried again. */
export const FAILED_SEEDS_MAX = 1_000;

/** A seed that failed, with everything that it takes to run it again. */
export const failedSeedSchema = z.object({
  scenario: z.string(),
  faults: z.string(),
  seed: seedSchema,
  operationsMax: operationsSchema,
  kind: z.enum(REGRESSION_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z.string(),
});
export type FailedSeed = Readonly<z.infer<typeof failedSeedSchema>>;

type SweptGroup = Pick<
  SweepReport['groups'][number],
  'seed' | 'failing' | 'kind' | 'name' | 'message' | 'signature'
>;

/**
 * The seeds that failed in a sweep, one for each cause and seed.
 *
 * @param seedsOf the seeds of a cause that are wanted: by default, all that are known.
 */
export function failedSeedsIn(
  {
    scenario,
    faults,
    operationsMax,
    groups,
  }: Pick<SweepReport, 'scenario' | 'faults' | 'operationsMax'> & {
    readonly groups: readonly SweptGroup[];
  },
  seedsOf: (group: SweptGroup) => readonly string[] = ({ seed, failing = [seed] }) => failing,
): readonly FailedSeed[] {
  return groups.flatMap((group) => {
    const { kind, name, message, signature } = group;
    const cause = { scenario, faults, operationsMax, kind, name, message, signature };
    return seedsOf(group).map((seed) => ({ ...cause, seed }));
  });
}

/**
 * Whether a machine is mended: seeds that failed are tried first, then as many new ones as the claim takes. The
 * first that fails is the answer.
 */
export const mendSchema = z.object({
  /** The claim is that fewer than 1 in this number of seeds fail. */
  oneIn: z.number().int().min(2),
  confidencePercent: z.number().gt(0).lt(100),
  /** The signatures of the causes that are asked about; without it, every finding counts. */
  causes: z.array(z.string()).optional(),
  failed: z.array(failedSeedSchema).max(FAILED_SEEDS_MAX),
  /** How many more seeds had failed, which are not tried; absent when there are none. */
  leftOut: z.number().int().min(1).optional(),
});
export type Mend = Readonly<z.infer<typeof mendSchema>>;

/** Ends a sweep at the first seed that fails. */
export interface UntilFailure {
  /** The signatures of the causes that count; without it, every finding does. */
  readonly causes?: readonly string[] | undefined;
  /** The finding that counts; without it, every finding does. */
  readonly sought?: Sought | undefined;
}

/** Whether a cause counts, wherever in the source it is by now. */
export function countsAsFailure({ causes, sought }: UntilFailure, signature: string): boolean {
  if (sought && !isSought(sought, signature)) return false;
  const cause = causeWithoutPlace(signature);
  return causes === undefined || causes.some((one) => causeWithoutPlace(one) === cause);
}

/** The seed that shows that a machine is not mended. */
export interface StillFailing {
  readonly seed: string;
  /** Those of the sweep, unless it is a seed that had failed with others. */
  readonly scenario?: string | undefined;
  readonly faults?: string | undefined;
  /** The name of the requirement; absent when the seed broke the machine, or fails for another cause. */
  readonly name?: string;
  readonly message: string;
  readonly signature?: string;
  /** Whether it had failed before. */
  readonly isKnown: boolean;
}

/** What a sweep says of whether a machine is mended. */
export type SweptMend =
  | { readonly kind: 'fails'; readonly failing: StillFailing }
  | {
      /** Whether the claim holds, or fewer seeds were run than it takes. */
      readonly kind: 'mended' | 'undecided';
      /** The strongest claim that the new seeds allow; absent when none was run. */
      readonly claim?: SeedClaim;
    };

type SweptSeeds = Pick<SweepReport, 'seeds' | 'groups' | 'broken' | 'regressions'>;

/** What a sweep says, or would say if it ended now. */
export function verdictOfMend(mend: Mend, swept: SweptSeeds): SweptMend {
  const failing = firstFailing(mend, swept);
  if (failing) return { kind: 'fails', failing };
  const { seeds } = swept;
  if (seeds === 0) return { kind: 'undecided' };
  const { oneIn, confidencePercent } = mend;
  const isEnough = seeds >= seedsNeeded({ oneIn, confidencePercent });
  return {
    kind: isEnough ? 'mended' : 'undecided',
    // What was asked for is claimed, not a little more.
    claim: isEnough ? { oneIn, confidencePercent } : claimOf(seeds, confidencePercent),
  };
}

/** The seed that ended a sweep: one that had failed before, or else the smallest new one. */
export function firstFailing(
  until: UntilFailure,
  { groups, broken, regressions }: Omit<SweptSeeds, 'seeds'>,
): StillFailing | undefined {
  const known = regressions.find(
    ({ fails, signature }) => fails && countsAsFailure(until, signature),
  );
  if (known) {
    const { seed, scenario, faults, name, message, signature, stepIndex, isOtherwise } = known;
    const found = stepIndex === undefined || isOtherwise ? {} : { name, signature };
    return { seed, scenario, faults, message, isKnown: true, ...found };
  }
  const [group] = groups
    .filter(({ signature }) => countsAsFailure(until, signature))
    .toSorted((one, other) => compareSeeds(one.seed, other.seed));
  if (group) {
    const { seed, name, message, signature } = group;
    return { seed, name, message, signature, isKnown: false };
  }
  const breaking = broken.find(({ saved }) => saved === undefined);
  return breaking && { seed: breaking.seed, message: breaking.reason, isKnown: false };
}
