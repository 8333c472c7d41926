import { Braces, Copy, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepRows } from '../session/step-set.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { formatPlural } from '../words/format.ts';
import { copySteps } from './copy-steps.ts';
import { isRange, select, useSelection } from './selection.ts';

/** What can be done with several chosen rows. */
export function SelectionBar({ runId, rows }: { runId: string; rows: StepRows }): ReactNode {
  const selection = useSelection(runId);
  if (!selection || !isRange(selection)) return null;
  const { from, to } = selection;
  const count = rows.countBefore(Math.max(from, to) + 1) - rows.countBefore(Math.min(from, to));
  return (
    <div className="steps-selection" role="toolbar" aria-label="The chosen steps">
      <output className="small">{formatPlural(count, 'step')} chosen</output>
      <span className="spacer" />
      <Button icon={Copy} onPress={() => void copySteps('text')}>
        Copy as text
      </Button>
      <Button icon={Braces} onPress={() => void copySteps('json')}>
        Copy as JSON lines
      </Button>
      <IconButton
        icon={X}
        label="Choose no steps"
        keys={['Esc']}
        size="small"
        onPress={() => select(undefined)}
      />
    </div>
  );
}
