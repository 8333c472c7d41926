import type { ReactNode } from 'react';
import type { Sentence } from '../../core/trace/words/sentences.ts';
import { StepLink } from '../ui/seek.tsx';
import { shownLines } from '../words/shown.ts';

/** A sentence about a run, whose steps can be gone to. */
export function Told({ sentence }: { sentence: Sentence }): ReactNode {
  return sentence.map((piece, at) =>
    typeof piece === 'string' ? (
      <span key={at}>{at === 0 ? capital(shownLines(piece)) : shownLines(piece)}</span>
    ) : (
      <StepLink key={at} stepIndex={piece.stepIndex} />
    ),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
