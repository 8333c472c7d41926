import type { ReactNode } from 'react';
import { selectMachine, useSession } from '../session/store.ts';
import { readSweep, type SweepProblems } from '../session/sweep-settings.ts';
import { changeSweepDraft, startSweep } from '../session/tasks/sweep.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatCount } from '../words/format.ts';
import './sweep-form.css';

/** The number of seeds or the time of a sweep, and its first seed. */
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
        // The focus moves to the findings, not back to the button.
        setTimeout(() => document.querySelector<HTMLElement>('.sweep-scroll')?.focus());
      }}
    >
      <Segments
        label="How long to sweep"
        options={LENGTHS}
        selected={draft.by}
        onSelect={(by) => changeSweepDraft({ by })}
      />
      <div className="sweep-fields">
        {draft.by === 'count' ? (
          <DraftField field="count" label="Seeds" problems={problems} isFirst />
        ) : (
          <DraftField field="time" label="Time" problems={problems} isFirst />
        )}
        <DraftField field="from" label="First seed" problems={problems} />
      </div>
      <CoverageSwitch />
      <Subject />
      {messages.length > 0 && (
        <p className="sweep-form-problem small" role="alert">
          {messages.join(' ')}
        </p>
      )}
      <Button variant="primary" isSubmit isDisabled={messages.length > 0}>
        Start the sweep
      </Button>
    </form>
  );
}

const LENGTHS = [
  { id: 'count', label: 'Number of seeds' },
  { id: 'time', label: 'Time budget' },
] as const;

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
      <Field
        isInvalid={problem !== undefined}
        hint={problem ?? HINTS[field]}
        isFirst={isFirst}
        value={value}
        isNumber={field !== 'time'}
        onChange={(text) => changeSweepDraft({ [field]: text })}
      />
    </label>
  );
}

/** Whether it is watched which lines the seeds execute. */
function CoverageSwitch(): ReactNode {
  const hasCoverage = useSession((state) => state.sweepDraft.hasCoverage);
  return (
    <label className="sweep-switch">
      <input
        type="checkbox"
        checked={hasCoverage}
        onChange={({ target }) => changeSweepDraft({ hasCoverage: target.checked })}
      />
      <span>
        Find lines that are never executed
        <span className="muted small"> (slower where steps are quick)</span>
      </span>
    </label>
  );
}

/** The settings of the toolbar that the sweep uses. */
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
