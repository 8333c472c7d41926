import { z } from 'zod';
import { withoutNumbers } from '../engine/signature.ts';

/** The one finding that a sweep asks about: others are named and do not count. */
export const soughtSchema = z.object({
  /** The name of an invariant, rule or settled property, or of an error. */
  finding: z.string(),
  /** The kind of its step, where several causes share the name. */
  shape: z.string().exactOptional(),
});
export type Sought = Readonly<z.infer<typeof soughtSchema>>;

/** Whether a cause is asked about, by its signature. */
export function isSought({ finding, shape }: Sought, signature: string): boolean {
  const [, name, itsShape = ''] = JSON.parse(signature) as readonly string[];
  return name === finding && (shape === undefined || withoutNumbers(shape) === itsShape);
}

/** What is asked about, for the end of a sentence: ` with "no two bookings overlap"`. */
export function withSought({ finding, shape }: Sought): string {
  return ` with "${finding}"${shape === undefined ? '' : ` (${shape})`}`;
}
