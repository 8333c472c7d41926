import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { formatStepIndex } from '../design/format.ts';
import { seek } from '../session/controller.ts';

/** The number of a step, which goes there. */
export function StepLink({ stepIndex }: { stepIndex: number }): ReactNode {
  return (
    <Button className="step-link data" onPress={() => seek(stepIndex)}>
      {formatStepIndex(stepIndex)}
    </Button>
  );
}
