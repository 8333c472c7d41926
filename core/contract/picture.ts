import { z } from 'zod';

/** A part of the window, in whole pixels of its page. */
export const areaSchema = z.object({
  x: z.number().int().min(0),
  y: z.number().int().min(0),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type Area = z.infer<typeof areaSchema>;

/** What every PNG and every GIF begins with. */
const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';
const GIF_SIGNATURE = 'GIF89a';

function beginsWith(given: unknown, signature: string): given is Uint8Array<ArrayBuffer> {
  if (!(given instanceof Uint8Array)) return false;
  return String.fromCodePoint(...given.subarray(0, signature.length)) === signature;
}

/** The bytes of a PNG. */
export const pngSchema = z.custom<Uint8Array<ArrayBuffer>>(
  (given) => beginsWith(given, PNG_SIGNATURE),
  'must be a PNG',
);
/** The bytes of a GIF. */
const gifSchema = z.custom<Uint8Array<ArrayBuffer>>(
  (given) => beginsWith(given, GIF_SIGNATURE),
  'must be a GIF',
);

/** A picture to save, or one that moves. */
export const pictureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('picture'), bytes: pngSchema }),
  z.object({ kind: z.literal('film'), bytes: gifSchema }),
]);
export type Picture = z.infer<typeof pictureSchema>;
