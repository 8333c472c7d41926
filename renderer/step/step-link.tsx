import type { ReactNode } from 'react';
import { formatStepIndex } from '../design/format.ts';
import { seek } from '../session/controller.ts';

/** The number of a step, which goes there. */
export function StepLink({ stepIndex }: { stepIndex: number }): ReactNode {
  return (
    <button type="button" className="step-link data" onClick={() => seek(stepIndex)}>
      {formatStepIndex(stepIndex)}
    </button>
  );
}
