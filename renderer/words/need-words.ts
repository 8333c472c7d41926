import type { Need } from '../../core/trace/judged.ts';

/** How much a step is needed for a finding that is explained. */
export const NEED_WORDS: Readonly<Record<Need, string>> = {
  needed: 'needed',
  otherwise: 'without it, it fails elsewhere',
  notNeeded: 'not needed',
};
