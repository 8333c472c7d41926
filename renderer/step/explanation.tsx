import { CircleHelp, GitBranch, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import { NEEDS } from '../../core/trace/words/judged.ts';
import { openNearest } from '../session/forks.ts';
import {
  findingOf,
  isAnswerEarlier,
  isFoundAt,
  type RunEntry,
  type RunExplanation,
} from '../session/model.ts';
import { selectRun, useSession } from '../session/store.ts';
import {
  explainFinding,
  forgetExplanation,
  isExplainable,
  stopExplaining,
} from '../session/tasks/explain.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { NeedIcon } from '../ui/need-icon.tsx';
import { formatCount } from '../words/format.ts';
import { NEED_WORDS } from '../words/need-words.ts';
import { LinkedSentence } from './linked-sentence.tsx';
import './explanation.css';

/** Why a finding is there: the way to ask, how far the answer is, and the answer. */
export function ExplanationOf({ finding }: { finding: Finding }): ReactNode {
  const run = useSession(selectRun);
  if (!run || finding.stepIndex < 0) return null;
  const { explanation } = run;
  if (explanation && isFoundAt(explanation, finding)) {
    const isShownHere = findingOf(run.trace, explanation) === finding;
    return isShownHere ? <Answer run={run} explanation={explanation} /> : null;
  }
  if (!isExplainable(run)) return null;
  return (
    <Button
      icon={CircleHelp}
      className="explain-button"
      onPress={() => void explainFinding(run.id, finding)}
    >
      Why did it fail?
    </Button>
  );
}

function Answer({ run, explanation }: { run: RunEntry; explanation: RunExplanation }): ReactNode {
  const { explained, status } = explanation;
  const isEarlier = useSession(({ machines }) => isAnswerEarlier(explanation, run, machines));
  return (
    <section className="explanation" aria-label="Why did it fail?" aria-busy={status === 'running'}>
      <header className="explanation-head">
        <span className="explanation-title">{titleOf(explanation)}</span>
        {/* What cannot be asked for again stays. */}
        {(status === 'running' || isExplainable(run)) && (
          <IconButton
            icon={X}
            size="small"
            label={status === 'running' ? 'Stop explaining' : 'Close the explanation'}
            onPress={() =>
              status === 'running' ? stopExplaining(run.id) : forgetExplanation(run.id)
            }
          />
        )}
      </header>
      {status === 'running' && (
        <progress max={Math.max(1, explanation.of)} value={explanation.made} aria-label="Parts" />
      )}
      {explained?.sentences.map((sentence, at) => (
        <p key={at}>
          <LinkedSentence sentence={sentence} />
        </p>
      ))}
      {status !== 'running' && isEarlier && (
        <p className="muted">Explained with an earlier source.</p>
      )}
      <ul className="need-legend small muted" aria-label="Legend">
        {NEEDS.map((need) => (
          <li key={need}>
            <NeedIcon need={need} /> {NEED_WORDS[need]}
          </li>
        ))}
      </ul>
      {explained?.nearest !== undefined && (
        <Button icon={GitBranch} className="explain-button" onPress={() => openNearest(run)}>
          Nearest run without this cause
        </Button>
      )}
    </section>
  );
}

function titleOf({ status, made, of }: RunExplanation): string {
  const parts = `${formatCount(made)} of ${formatCount(of)} parts`;
  switch (status) {
    case 'running':
      return of === 0 ? 'Taking parts out…' : `Taking parts out: ${parts}`;
    case 'completed':
      return 'Why did it fail?';
    case 'cancelled':
    case 'failed':
      return `Stopped after ${parts}`;
  }
}
