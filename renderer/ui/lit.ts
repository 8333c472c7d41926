import { createContext, use } from 'react';
import type { NotePlace } from '../../core/trace/format/notes.ts';

/**
 * What alone is lit while it is told: panels dim everything beside it. Nothing is dimmed where there is
 * none.
 */
export const LitContext = createContext<NotePlace | undefined>(undefined);

/** The place that is lit, if one is. */
export function useLit(): NotePlace | undefined {
  return use(LitContext);
}
