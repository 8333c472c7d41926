import { z } from 'zod';
import { formatCount } from '../../text/quantities.ts';
import { showText } from '../../text/visible.ts';

/** A part of a sentence: words, or a step, which is a link where there are links. */
export type Piece = string | { readonly stepIndex: number };

/** A sentence about a run. */
export type Sentence = readonly Piece[];

/** A sentence in a message between processes. */
export const sentenceSchema = z.array(z.union([z.string(), z.object({ stepIndex: z.number() })]));

/** A sentence as text, whose steps stand as "step 41". */
export function formatSentence(sentence: Sentence): string {
  const text = sentence
    .map((piece) => (typeof piece === 'string' ? piece : `step ${formatCount(piece.stepIndex)}`))
    .join('');
  return capital(text);
}

/** A text as the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Steps in a row as words: "steps 3, 5 and 8". */
export function stepList(stepIndices: readonly number[]): Sentence {
  return stepIndices.flatMap((stepIndex, at): Piece[] => {
    const isLast = at === stepIndices.length - 1;
    return [at === 0 ? '' : isLast ? ' and ' : ', ', { stepIndex }];
  });
}

/** Parts of a sentence as a list: "the fault at step 1 and the crash at step 4". */
export function joined(parts: readonly Sentence[]): Sentence {
  // Where the parts are lists themselves, the comma tells them apart.
  const isPlain = parts.length === 2 && parts.every((part) => stepsNamed(part) < 2);
  return parts.flatMap((part, at): Piece[] => {
    const isLast = at === parts.length - 1;
    return [at === 0 ? '' : isLast ? (isPlain ? ' and ' : ', and ') : ', ', ...part];
  });
}

function stepsNamed(sentence: Sentence): number {
  return sentence.filter((piece) => typeof piece !== 'string').length;
}

/** "day, time and name". */
export function namesIn(names: readonly string[]): string {
  const shown = names.map((name) => showText(name));
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
