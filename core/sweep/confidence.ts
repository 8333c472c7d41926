/** A claim about all seeds: fewer than 1 in `oneIn` fail, with a confidence in percent. */
export interface SeedClaim {
  readonly oneIn: number;
  /** Above 0 and below 100. */
  readonly confidencePercent: number;
}

/** The confidence of claims that name none. */
export const CONFIDENCE_PERCENT = 95;

/**
 * How many seeds must be run without a failure to make a claim: if one in n seeds failed, so many would all
 * pass with a probability of at most what the confidence leaves. (The "rule of three" for 95 %: about 3n.)
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
