import { createContext, use, type ReactNode } from 'react';
import { formatStepIndex } from '../words/format.ts';
import './seek.css';

/**
 * Where the cursor is to go: a step, -1 for the initial state, or what follows from the step at which it
 * is by then (`undefined` if that leads nowhere). Panels are drawn after the cursor has moved, so that a
 * key or a click to the next step must not count from what is on the screen.
 */
export type SeekTarget = number | ((from: number) => number | undefined);

/** Moves the cursor of the run on the screen. */
export type Seek = (target: SeekTarget) => void;

/**
 * How panels seek. Whoever shows panels provides the function once; a panel asks for it where it
 * needs it, so that no panel passes it on and none depends on where the cursor is kept.
 */
export const SeekContext = createContext<Seek | undefined>(undefined);

/** The function that moves the cursor. Throws outside of a {@link SeekContext}. */
export function useSeek(): Seek {
  const seek = use(SeekContext);
  if (!seek) throw new Error('useSeek needs a SeekContext around the panel');
  return seek;
}

export interface StepLinkProps {
  stepIndex: number;
  /** What a press does, where it is more than to seek: the step may be in another run. */
  onPress?: () => void;
}

/** The number of a step, which goes there. */
export function StepLink({ stepIndex, onPress }: StepLinkProps): ReactNode {
  const seek = useSeek();
  return (
    <button type="button" className="step-link data" onClick={onPress ?? (() => seek(stepIndex))}>
      {formatStepIndex(stepIndex)}
    </button>
  );
}
