import { createContext, use } from 'react';
import type { Seek } from '../ui/seek.tsx';

/** Where the person is in the run, and the way to other steps. */
export interface CursorHere {
  readonly cursor: number;
  readonly seek: Seek;
}

/** For the nodes and edges, which React Flow makes. */
export const CursorContext = createContext<CursorHere | undefined>(undefined);

/** The cursor, for a node or an edge. Throws outside of a {@link CursorContext}. */
export function useCursorHere(): CursorHere {
  const here = use(CursorContext);
  if (!here) throw new Error('useCursorHere needs a CursorContext around the graph');
  return here;
}
