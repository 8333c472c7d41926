import { useState, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { parseFromZero } from '../../core/text/quantities.ts';
import type { ForkChange } from '../../core/trace/format/fork.ts';
import type { Deliverable, PossibleChange } from '../../core/trace/possible-changes.ts';
import { Field } from '../ui/field.tsx';
import { Picker } from '../ui/picker.tsx';
import { formatPlural } from '../words/format.ts';
import { shownId, shownLabel } from '../words/shown.ts';
import type { ForkDraft } from './fork-draft.ts';
import { ValueForm } from './value-form.tsx';

/** The largest number of a step or an access that can be typed. */
const NUMBER_MAX = 10_000_000;

export interface ChangeFormProps {
  draft: ForkDraft;
  onChange: (part: Pick<ForkDraft, 'change'>) => void;
}

/** Whatever can be chosen of a change: the crash point, the action, the result, the place. */
export function ChangeForm({ draft: { possible, change }, onChange }: ChangeFormProps): ReactNode {
  const begun = possible.change;
  if (!begun) return null;
  const set = (edited: ForkChange | undefined) => onChange({ change: edited });
  switch (begun.kind) {
    case 'crash':
      return <CrashPoint possible={possible} change={begun} onChange={set} />;
    case 'fault':
      return <FaultPlace possible={possible} change={begun} onChange={set} />;
    case 'deliver':
      return possible.deliverables ? (
        <Delivery deliverables={possible.deliverables} change={begun} onChange={set} />
      ) : null;
    case 'result':
      return (
        <ValueForm
          label="Result"
          value={begun.result}
          onChange={(result) => set(result === undefined ? undefined : { ...begun, result })}
        />
      );
    case 'input':
    case 'insert':
      return (
        <ValueForm
          label="Input"
          value={begun.input}
          onChange={(input) => set(input === undefined ? undefined : { ...begun, input })}
        />
      );
    case 'move': {
      const before = change?.kind === 'move' ? change.before : begun.before;
      return (
        <NumberField
          label="Before step"
          value={before}
          onChange={(at) => set(at === undefined ? undefined : { ...begun, before: at })}
        />
      );
    }
    case 'drop':
    case 'remove':
      return null;
    default:
      return assertNever(begun, 'change');
  }
}

interface PartProps<Kind extends ForkChange['kind']> {
  possible: PossibleChange;
  change: ForkChange & { readonly kind: Kind };
  onChange: (change: ForkChange | undefined) => void;
}

function CrashPoint({ possible: { most = 0 }, change, onChange }: PartProps<'crash'>): ReactNode {
  const [out, setOut] = useState(0);
  if (most === 0) return null;
  const items = Array.from({ length: most + 1 }, (_, count) => ({
    id: String(count),
    label:
      count === 0
        ? 'before any of its actions is out'
        : `when ${formatPlural(count, 'action')} of ${most} ${count === 1 ? 'is' : 'are'} out`,
  }));
  return (
    <Picker
      label="Crash point"
      sections={[{ items }]}
      selected={String(out)}
      placeholder=""
      onPick={(id) => {
        setOut(Number(id));
        onChange({ ...change, dispatched: Number(id) });
      }}
    />
  );
}

function FaultPlace({ possible, change, onChange }: PartProps<'fault'>): ReactNode {
  const { fault } = change;
  if (fault && 'access' in fault) {
    return (
      <NumberField
        label="Access, from 0"
        value={fault.access}
        onChange={(access) =>
          onChange(access === undefined ? undefined : { ...change, fault: { ...fault, access } })
        }
      />
    );
  }
  if (fault?.kind !== 'actionRefused' || !possible.most) return null;
  return (
    <NumberField
      label={`Action, 0 to ${possible.most}`}
      value={fault.action}
      max={possible.most}
      onChange={(action) =>
        onChange(action === undefined ? undefined : { ...change, fault: { ...fault, action } })
      }
    />
  );
}

function Delivery({
  deliverables,
  change,
  onChange,
}: {
  deliverables: readonly Deliverable[];
  change: ForkChange & { readonly kind: 'deliver' };
  onChange: (change: ForkChange | undefined) => void;
}): ReactNode {
  const [chosen, setChosen] = useState(0);
  const { id, result = null } = deliverables[chosen] ?? { id: change.id };
  const items = deliverables.map(({ id: one, action, isOutstanding, result: known }, at) => ({
    id: String(at),
    label: `${shownId(one)} ${shownLabel(action)}`,
    description: `${isOutstanding ? 'outstanding' : 'a second time'}${known === undefined ? '; the run has no result for it' : ''}`,
  }));
  return (
    <>
      <Picker
        label="Action"
        sections={[{ items }]}
        selected={String(chosen)}
        placeholder=""
        onPick={(at) => {
          setChosen(Number(at));
          const one = deliverables[Number(at)];
          if (one) onChange({ ...change, id: one.id, result: one.result ?? null });
        }}
      />
      <ValueForm
        key={chosen}
        label="Result"
        value={result}
        onChange={(edited) =>
          onChange(edited === undefined ? undefined : { ...change, id, result: edited })
        }
      />
    </>
  );
}

function NumberField({
  label,
  value,
  max = NUMBER_MAX,
  onChange,
}: {
  label: string;
  value: number;
  max?: number;
  onChange: (value: number | undefined) => void;
}): ReactNode {
  const [text, setText] = useState(String(value));
  const parsed = parseFromZero(text, label, max);
  return (
    <div className="what-if-line small">
      <span className="muted">{label}</span>
      <Field
        label={label}
        value={text}
        isInvalid={parsed.kind !== 'ok'}
        onChange={(typed) => {
          setText(typed);
          const read = parseFromZero(typed, label, max);
          onChange(read.kind === 'ok' ? read.value : undefined);
        }}
      />
    </div>
  );
}
