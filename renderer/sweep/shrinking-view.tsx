import { Shrink, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunEntry } from '../session/model.ts';
import { cancelRun } from '../session/running.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { formatCount, formatPlural, byCount } from '../words/format.ts';
import './shrinking-view.css';

const PHASE_WORDS = {
  removing: 'Leaving out steps that the finding does not need.',
  simplifying: 'Simplifying the values that are left.',
} as const;

/** Explains why a machine that loads slowly takes long. */
const AFRESH_WORDS = '; the machine is loaded again for each';

/** The progress of a shrinking: the shortest run so far beside the original. */
export function ShrinkingView({ run }: { run: RunEntry }): ReactNode {
  const { shrinking } = run;
  const share = shrinking && shrinking.from > 0 ? shrinking.steps / shrinking.from : 1;
  return (
    <Panel label="Shrinking">
      <Placeholder
        icon={Shrink}
        title={
          shrinking
            ? `${formatCount(shrinking.steps)} of ${formatPlural(shrinking.from, 'step')}`
            : 'Running the seed up to the finding'
        }
      >
        <progress className="shrink-bar" aria-label="Steps left" value={share} max={1} />
        <p className="muted">
          {shrinking
            ? PHASE_WORDS[shrinking.phase]
            : 'Then as many steps as possible are left out.'}
        </p>
        <p className="muted small shrink-tries">
          {shrinking
            ? `${formatPlural(shrinking.tries, 'shorter run')} tried, ${formatCount(shrinking.successes)} still ${byCount(shrinking.successes, 'fails', 'fail')}${shrinking.isAfresh ? AFRESH_WORDS : ''}`
            : '\u00a0'}
        </p>
        <Button icon={Square} onPress={() => void cancelRun(run)}>
          {shrinking ? 'Stop here' : 'Cancel'}
        </Button>
      </Placeholder>
    </Panel>
  );
}
