import type { ReactNode } from 'react';
import { capital, type Sentence } from '../../core/trace/words/sentences.ts';
import { WithPlaces } from '../ui/place-link.tsx';
import { StepLink } from '../ui/seek.tsx';
import { shownLines } from '../words/shown.ts';

/** A sentence about a run, whose steps can be gone to. */
export function LinkedSentence({ sentence }: { sentence: Sentence }): ReactNode {
  return sentence.map((piece, at) => {
    const [before, after] = [sentence[at - 1], sentence[at + 1]];
    if (typeof piece !== 'string') {
      return (
        <span key={at} className="linked-step">
          {typeof before === 'string' && before.match(OPENING)?.[0]}
          <StepLink stepIndex={piece.stepIndex} />
          {typeof after === 'string' && after.match(CLOSING)?.[0]}
        </span>
      );
    }
    let text = piece;
    if (typeof after === 'object') text = text.replace(OPENING, '');
    if (typeof before === 'object') text = text.replace(CLOSING, '');
    const shown = shownLines(text);
    return (
      <span key={at}>
        <WithPlaces text={at === 0 ? capital(shown) : shown} />
      </span>
    );
  });
}

/** What stays on the line of a step that is named: browsers break lines beside a button. */
const OPENING = /\($/;
const CLOSING = /^[).,;:]+/;
