import type { ReactNode } from 'react';
import { Button, Radio, RadioGroup } from 'react-aria-components';
import { selectMachine, useSession } from '../session/store.ts';
import { readSweep, type SweepDraft, type SweepProblems } from '../session/sweep-settings.ts';
import { changeSweepDraft, startSweep } from '../session/tasks/sweep.ts';
import { formatCount } from '../words/format.ts';
import './sweep-form.css';

/** How many seeds to sweep, or for how long, and from which seed on. */
export function SweepForm({ onDone }: { onDone: () => void }): ReactNode {
  const draft = useSession((state) => state.sweepDraft);
  const settings = useSession((state) => state.settings);
  const read = readSweep(draft, settings);
  const problems = read.kind === 'err' ? read.problems : {};
  const messages = Object.values(problems);
  return (
    <form
      className="sweep-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!startSweep()) return;
        onDone();
        // The focus goes where the findings come, rather than back to the button.
        setTimeout(() => document.querySelector<HTMLElement>('.sweep-scroll')?.focus());
      }}
    >
      <RadioGroup
        className="segments"
        aria-label="How long to sweep"
        value={draft.by}
        onChange={(by) => changeSweepDraft({ by: by as SweepDraft['by'] })}
      >
        <Radio value="count" className="segment">
          Number of seeds
        </Radio>
        <Radio value="time" className="segment">
          Time budget
        </Radio>
      </RadioGroup>
      <div className="sweep-fields">
        {draft.by === 'count' ? (
          <DraftField field="count" label="Seeds" problems={problems} isFirst />
        ) : (
          <DraftField field="time" label="Time" problems={problems} isFirst />
        )}
        <DraftField field="from" label="First seed" problems={problems} />
      </div>
      <Subject />
      {messages.length > 0 && (
        <p className="sweep-form-problem small" role="alert">
          {messages.join(' ')}
        </p>
      )}
      <Button className="button primary" type="submit" isDisabled={messages.length > 0}>
        Start the sweep
      </Button>
    </form>
  );
}

const HINTS = {
  count: 'How many seeds to run',
  time: 'Such as 60s, 10m or 2h',
  from: 'The first seed; the others follow one by one',
} as const;

interface DraftFieldProps {
  field: 'count' | 'time' | 'from';
  label: string;
  problems: SweepProblems;
  isFirst?: boolean;
}

function DraftField({ field, label, problems, isFirst = false }: DraftFieldProps): ReactNode {
  const value = useSession((state) => state.sweepDraft[field]);
  const problem = problems[field];
  return (
    <label className="sweep-field">
      <span className="muted small">{label}</span>
      <input
        className="field data"
        aria-invalid={problem !== undefined}
        title={problem ?? HINTS[field]}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the form was opened to be filled in.
        autoFocus={isFirst}
        value={value}
        inputMode={field === 'time' ? 'text' : 'numeric'}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
        onChange={(event) => changeSweepDraft({ [field]: event.target.value })}
      />
    </label>
  );
}

/** What the toolbar gives to the sweep. */
function Subject(): ReactNode {
  const { scenario, operations, faults } = useSession((state) => state.settings);
  const machine = useSession((state) => selectMachine(state)?.info?.name);
  const count = Number(operations);
  const parts = [
    scenario,
    `${Number.isInteger(count) ? formatCount(count) : operations} operations`,
    faults === 'none' ? 'no faults' : faults,
  ];
  return (
    <div className="sweep-subject">
      <span className="truncate" title={machine}>
        {machine}
      </span>
      <span className="muted small data">{parts.join(' · ')}</span>
    </div>
  );
}
