import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { Sentence } from '../../core/trace/words/sentences.ts';
import { SeekContext } from '../ui/seek.tsx';
import { LinkedSentence } from './linked-sentence.tsx';

function shown(sentence: Sentence): string {
  return renderToStaticMarkup(
    <SeekContext value={() => undefined}>
      <LinkedSentence sentence={sentence} />
    </SeekContext>,
  );
}

it('says a sentence as it is, beginning with a capital', () => {
  const sentence = ['it fails (', { stepIndex: 7 }, '), as at ', { stepIndex: 2 }, '.'] as const;
  expect(shown(sentence).replaceAll(/<[^>]*>/g, '')).toBe('It fails (step 7), as at step 2.');
});

it('keeps the brackets and the stop of a step on its line', () => {
  const html = shown(['late (', { stepIndex: 7 }, ').']);
  expect(html).toMatch(/<span class="linked-step">\(<button[^>]*>step 7<\/button>\)\.<\/span>/);
});
