import { Braces, Copy, GitCompareArrows, Table, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepRows } from '../session/step-set.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { compareChosen, endsOf } from './compare-steps.ts';
import { copySteps } from './copy-steps.ts';
import { isRange, select, useSelection } from './selection.ts';

/** What can be done with several chosen rows. */
export function SelectionBar({ runId, rows }: { runId: string; rows: StepRows }): ReactNode {
  const selection = useSelection(runId);
  if (!selection || !isRange(selection)) return null;
  const [first, last] = endsOf(selection);
  const count = rows.countBefore(last + 1) - rows.countBefore(first);
  return (
    <div className="steps-selection" role="toolbar" aria-label="The chosen steps">
      <output className="small">{formatPlural(count, 'step')} chosen</output>
      <span className="spacer" />
      <Button icon={GitCompareArrows} onPress={() => void compareChosen(selection)}>
        Compare {formatCount(first)} with {formatCount(last)}
      </Button>
      <Button icon={Copy} label="Copy as text" onPress={() => void copySteps('text')}>
        <span className="steps-wide">Copy as text</span>
      </Button>
      <Button icon={Table} label="Copy as Markdown" onPress={() => void copySteps('markdown')}>
        <span className="steps-wide">as Markdown</span>
      </Button>
      <Button icon={Braces} label="Copy as JSON lines" onPress={() => void copySteps('json')}>
        <span className="steps-wide">as JSON lines</span>
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
