/** A claim about all seeds: fewer than 1 in `oneIn` fail, with a confidence in percent. */
export interface SeedClaim {
  readonly oneIn: number;
  /** Above 0 and below 100. */
  readonly confidencePercent: number;
}

/** The confidence of claims that name none. */
export const CONFIDENCE_PERCENT = 95;

/**
 * The number of seeds that must pass, and none fail, to make a claim. If 1 in `oneIn` seeds failed, that many
 * would all pass with a probability of at most 1 minus the confidence. (The "rule of three": about 3 times
 * `oneIn` for 95 %.)
 */
export function seedsNeeded({ oneIn, confidencePercent }: SeedClaim): number {
  const doubt = 1 - confidencePercent / 100;
  return Math.max(1, Math.ceil(Math.log(doubt) / Math.log1p(-1 / oneIn)));
}

/** The strongest claim that seeds without a failure allow: one in how many fails at most. */
export function claimOf(seeds: number, confidencePercent: number = CONFIDENCE_PERCENT): SeedClaim {
  const doubt = 1 - confidencePercent / 100;
  return {
    oneIn: Math.max(1, Math.floor(1 / -Math.expm1(Math.log(doubt) / seeds))),
    confidencePercent,
  };
}
