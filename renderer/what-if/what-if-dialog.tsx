import { GitBranch } from 'lucide-react';
import { useCallback, useId, useState, type ReactNode } from 'react';
import { parseSeed } from '../../core/text/quantities.ts';
import type { GoingOn } from '../../core/trace/format/fork.ts';
import { possibleAt, type PossibleChange } from '../../core/trace/possible-changes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeFork } from '../../core/trace/words/fork-words.ts';
import { formatSentence } from '../../core/trace/words/sentences.ts';
import { forkRun } from '../session/forks.ts';
import type { RunEntry } from '../session/model.ts';
import { useSession } from '../session/store.ts';
import { closeWhatIf, useWhatIf, type WhatIf } from '../session/what-if.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Segments } from '../ui/segments.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatStepIndex } from '../words/format.ts';
import { POSSIBLE_WORDS } from '../words/possible-words.ts';
import { shownLine } from '../words/shown.ts';
import { ChangeForm } from './change-form.tsx';
import { draftOf, forkOfDraft, type ForkDraft } from './fork-draft.ts';
import './what-if-dialog.css';

/** Asks what is to be otherwise at a step, and how the run goes on. */
export function WhatIfDialog(): ReactNode {
  const whatIf = useWhatIf();
  const run = useSession(({ runs }) => runs.find(({ id }) => id === whatIf?.runId));
  const isOpen = whatIf !== undefined && whatIf.menuAt === undefined && run?.trace !== undefined;
  const place = whatIf ? formatStepIndex(whatIf.stepIndex) : '';
  return (
    <WindowDialog title={`What if, at ${place}`} width="wide" isOpen={isOpen} onClose={closeWhatIf}>
      {isOpen && <Possibilities run={run} trace={run.trace} whatIf={whatIf} />}
    </WindowDialog>
  );
}

function Possibilities({
  run,
  trace,
  whatIf: { stepIndex, chosen },
}: {
  run: RunEntry;
  trace: Trace;
  whatIf: WhatIf;
}): ReactNode {
  const compute = useCallback(() => possibleAt(trace, stepIndex), [trace, stepIndex]);
  const { result: possible } = useLoaded(trace, compute);
  if (!possible) return <div className="dialog-body what-if" />;
  const first = possible.find(({ id }) => id === chosen) ?? possible[0];
  return first && <WhatIfForm run={run} possible={possible} first={first} stepIndex={stepIndex} />;
}

const GOING_ON = [
  {
    id: 'sameOperations',
    label: 'The same operations',
    hint: 'They are repeated, as far as they still make sense.',
  },
  {
    id: 'scenario',
    label: 'The scenario goes on',
    hint: 'It sees the new past, and draws from the same streams.',
  },
  {
    id: 'newDraws',
    label: 'New draws',
    hint: 'The scenario sees the new past, and draws from the streams of another seed.',
  },
] as const satisfies readonly { id: GoingOn; label: string; hint: string }[];

function WhatIfForm({
  run,
  possible,
  first,
  stepIndex,
}: {
  run: RunEntry;
  possible: readonly PossibleChange[];
  first: PossibleChange;
  stepIndex: number;
}): ReactNode {
  const [draft, setDraft] = useState<ForkDraft>(() => draftOf(first, stepIndex));
  const [name, setName] = useState('');
  const fork = forkOfDraft(draft);
  const sentence = fork && formatSentence(describeFork(fork));
  const change = (part: Partial<ForkDraft>) => setDraft((before) => ({ ...before, ...part }));
  const hint = GOING_ON.find(({ id }) => id === draft.goesOn)?.hint;
  return (
    <form
      className="dialog-body what-if"
      onSubmit={(event) => {
        event.preventDefault();
        if (!fork) return;
        closeWhatIf();
        void forkRun(run, fork, name.trim() === '' ? undefined : name.trim());
      }}
    >
      <PossibleList
        possible={possible}
        chosen={draft.possible}
        onChoose={(one) => setDraft(draftOf(one, stepIndex, draft))}
      />
      <div className="what-if-form">
        <p>{POSSIBLE_WORDS[draft.possible.id].meaning}</p>
        <ChangeForm key={draft.possible.id} draft={draft} onChange={change} />
        <div className="what-if-part">
          <span className="small muted">Then</span>
          <Segments
            label="How it goes on"
            options={GOING_ON}
            selected={draft.goesOn}
            onSelect={(goesOn) => change({ goesOn })}
          />
          {draft.goesOn === 'newDraws' && (
            <div className="what-if-line small">
              <span className="muted">Seed</span>
              <Field
                label="Seed"
                value={draft.seed}
                isInvalid={parseSeed(draft.seed).kind !== 'ok'}
                onChange={(seed) => change({ seed })}
              />
            </div>
          )}
          <p className="muted small">{hint}</p>
        </div>
        <div className="what-if-end">
          <Field
            label="Name of the fork"
            value={name}
            isInvalid={false}
            isNumber={false}
            placeholder={sentence === undefined ? '' : shownLine(sentence)}
            onChange={setName}
          />
          <Button icon={GitBranch} variant="primary" isSubmit isDisabled={!fork}>
            Fork
          </Button>
        </div>
      </div>
    </form>
  );
}

function PossibleList({
  possible,
  chosen,
  onChoose,
}: {
  possible: readonly PossibleChange[];
  chosen: PossibleChange;
  onChoose: (possible: PossibleChange) => void;
}): ReactNode {
  const name = useId();
  return (
    <fieldset className="what-if-list" aria-label="What is otherwise">
      {possible.map((one) => (
        <label key={one.id} className="what-if-choice">
          <input
            type="radio"
            name={name}
            checked={one.id === chosen.id}
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to choose one of them.
            autoFocus={one.id === chosen.id}
            onChange={() => onChoose(one)}
          />
          {POSSIBLE_WORDS[one.id].title}
        </label>
      ))}
    </fieldset>
  );
}
