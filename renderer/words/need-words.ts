import type { Need } from '../../core/trace/words/judged.ts';

/** How much a step is needed for a finding that is explained. */
export const NEED_WORDS: Readonly<Record<Need, string>> = {
  needed: 'needed',
  otherwise: 'without it, it fails elsewhere',
  notNeeded: 'not needed',
};

/** How much the value of a field is needed for it. */
export const FIELD_NEED_WORDS: Readonly<Record<Need, string>> = {
  needed: 'needed: it passes with another value',
  otherwise: 'with another value, it fails elsewhere',
  notNeeded: 'not needed: it fails with other values, too',
};
