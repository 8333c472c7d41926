/** The largest seed: seeds are unsigned 64-bit integers. */
export const SEED_MAX = 0xffff_ffff_ffff_ffffn;

/** What {@link parseSeed} answers: a seed, or why the text is none. */
export type ParsedSeed =
  | { readonly kind: 'ok'; readonly seed: bigint }
  | { readonly kind: 'err'; readonly message: string };

/**
 * Reads a seed from text: decimal digits (spaces around them and `_`, `,` or spaces between
 * groups are allowed), 0 to 18446744073709551615.
 */
export function parseSeed(text: string): ParsedSeed {
  const digits = text.trim().replaceAll(/(?<=\d)[_, ](?=\d)/g, '');
  if (!/^\d+$/.test(digits)) {
    const shown = text.trim() === '' ? 'nothing' : `"${text.trim()}"`;
    return {
      kind: 'err',
      message: `A seed is a whole number from 0 to ${SEED_MAX}, in decimal digits; got ${shown}.`,
    };
  }
  const seed = BigInt(digits);
  if (seed > SEED_MAX) {
    return {
      kind: 'err',
      message: `A seed is at most ${SEED_MAX} (64 bits); ${digits} is larger.`,
    };
  }
  return { kind: 'ok', seed };
}
