import { Undo2 } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { containerOf } from '../../core/value/container.ts';
import { decodeValue, encodeValue } from '../../core/value/encoding.ts';
import { applyPatches } from '../../core/value/patch.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { sameValue, type Value } from '../../core/value/value.ts';
import { Field } from '../ui/field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Segments } from '../ui/segments.tsx';
import { shownPath } from '../words/shown.ts';

/** A value with more leaves than this is edited as one text. */
const LEAVES_MAX = 24;

export interface ValueFormProps {
  /** Names what is edited: `Input`. */
  label: string;
  value: Value;
  /** Is given the edited value; `undefined` while what is typed is none. */
  onChange: (value: Value | undefined) => void;
}

/** A value as it was after an edit, and the field that was edited. */
interface Edit {
  readonly value: Value;
  readonly key?: string;
}

/** Edits a value field by field, as the type of each says; what has no few fields, as JSON. */
export function ValueForm({ label, value, onChange }: ValueFormProps): ReactNode {
  // The first one is the value to begin with, and the last one what is shown.
  const [edits, setEdits] = useState<readonly [Edit, ...Edit[]]>([{ value }]);
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const [first] = edits;
  const last = edits.at(-1) ?? first;
  const leaves = leavesOf(first.value) ?? [{ path: [], value: first.value }];
  const report = (next: readonly [Edit, ...Edit[]], mistakes: ReadonlySet<string>) => {
    setEdits(next);
    setWrong(mistakes);
    onChange(mistakes.size > 0 ? undefined : (next.at(-1) ?? next[0]).value);
  };
  const take = (path: Path, edited: Value | undefined) => {
    const key = formatPath(path);
    const mistakes = new Set([...wrong].filter((one) => one !== key));
    if (edited === undefined) return report(edits, mistakes.add(key));
    const next = path.length === 0 ? edited : withLeaf(last.value, path, edited);
    if (sameValue(next, last.value)) return report(edits, mistakes);
    // What is typed into one field in a row is undone at once.
    const kept = last.key === key ? edits.slice(1, -1) : edits.slice(1);
    return report([first, ...kept, { value: next, key }], mistakes);
  };
  return (
    <fieldset className="value-form" aria-label={label}>
      <div className="value-form-head">
        <span className="small muted">{label}</span>
        <IconButton
          icon={Undo2}
          label="Undo the last edit"
          size="small"
          isDisabled={edits.length === 1 && wrong.size === 0}
          onPress={() => report([first, ...edits.slice(1, -1)], new Set())}
        />
      </div>
      {leaves.map(({ path }) => (
        <Leaf
          key={formatPath(path)}
          path={path}
          value={leafAt(last.value, path)}
          before={leafAt(first.value, path)}
          isWrong={wrong.has(formatPath(path))}
          onChange={(edited) => take(path, edited)}
        />
      ))}
    </fieldset>
  );
}

interface LeafOf {
  readonly path: Path;
  readonly value: Value;
}

/** The fields of a value that are no containers; `undefined` when there are none or too many. */
function leavesOf(value: Value): readonly LeafOf[] | undefined {
  const leaves: LeafOf[] = [];
  const isGood = collect(value, [], leaves);
  return isGood && leaves.length > 0 && leaves.length <= LEAVES_MAX ? leaves : undefined;
}

/** Returns false for a container that has no named or numbered fields. */
function collect(value: Value, path: Path, leaves: LeafOf[]): boolean {
  const container = containerOf(value);
  if (!container) {
    leaves.push({ path, value });
    return leaves.length <= LEAVES_MAX;
  }
  if (container.kind === 'object') {
    return Object.entries(container.value).every(([key, item]) =>
      collect(item, [...path, key], leaves),
    );
  }
  if (!Array.isArray(value)) return false;
  return value.every((item: Value, at) => collect(item, [...path, at], leaves));
}

function leafAt(value: Value, path: Path): Value {
  let at: unknown = value;
  for (const segment of path) at = (at as Record<string | number, unknown>)[segment as string];
  return at as Value;
}

function withLeaf(value: Value, path: Path, leaf: Value): Value {
  return applyPatches(value, [[{ kind: 'changed', path, value: leaf }]]);
}

/** One field, with a control for its type. */
function Leaf({
  path,
  value,
  before,
  isWrong,
  onChange,
}: {
  path: Path;
  value: Value;
  before: Value;
  isWrong: boolean;
  onChange: (value: Value | undefined) => void;
}): ReactNode {
  const id = useId();
  // What is typed stays as it was typed, until the value becomes another one, as by an undo.
  const [typed, setTyped] = useState({ text: textOf(value), value });
  const isTyped = isWrong || sameValue(typed.value, value);
  const text = isTyped ? typed.text : textOf(value);
  const name = path.length === 0 ? 'value' : shownPath(path);
  const isEdited = !sameValue(value, before);
  const type = (next: string) => {
    const parsed = parseAs(before, next);
    setTyped({ text: next, value: parsed ?? value });
    onChange(parsed);
  };
  return (
    <div className="value-form-line" data-edited={isEdited}>
      <label htmlFor={id} className="data truncate" title={name}>
        {name}
      </label>
      {typeof value === 'boolean' ? (
        <Segments
          label={name}
          options={TRUTHS}
          selected={value ? 'true' : 'false'}
          onSelect={(chosen) => onChange(chosen === 'true')}
        />
      ) : (
        <Field
          id={id}
          className="value-form-field"
          value={text}
          isInvalid={isWrong}
          isNumber={typeof before === 'number' || typeof before === 'bigint'}
          hint={HINTS[typeof before] ?? 'a value in JSON'}
          onChange={type}
        />
      )}
      {isEdited && (
        <span className="small muted truncate" title={`was ${textOf(before)}`}>
          was {textOf(before)}
        </span>
      )}
    </div>
  );
}

const TRUTHS = [
  { id: 'true', label: 'true' },
  { id: 'false', label: 'false' },
] as const;

const HINTS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  bigint: 'a whole number',
};

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return JSON.stringify(encodeValue(value));
}

/** What is typed, as a value of the type that the field had; `undefined` when it is none. */
function parseAs(before: Value, text: string): Value | undefined {
  if (typeof before === 'string') return text;
  try {
    if (typeof before === 'bigint') return BigInt(text.trim());
    if (typeof before !== 'number') return decodeValue(JSON.parse(text));
    const number = Number(text);
    return text.trim() === '' || Number.isNaN(number) ? undefined : number;
  } catch {
    return undefined;
  }
}
