import type { ReactNode } from 'react';
import { seek } from '../session/controller.ts';
import { formatStepIndex } from '../words/format.ts';

/** The number of a step, which goes there. */
export function StepLink({ stepIndex }: { stepIndex: number }): ReactNode {
  return (
    <button type="button" className="step-link data" onClick={() => seek(stepIndex)}>
      {formatStepIndex(stepIndex)}
    </button>
  );
}
