import type { ReactNode } from 'react';
import type { Need } from '../../core/trace/words/judged.ts';
import { containerOf } from '../../core/value/container.ts';
import type { Value } from '../../core/value/value.ts';
import { NeedIcon } from '../ui/need-icon.tsx';
import { ValueText } from '../ui/value-text.tsx';
import { formatCount } from '../words/format.ts';
import { FIELD_NEED_WORDS } from '../words/need-words.ts';
import { shownName } from '../words/shown.ts';
import './value-block.css';

/** The most properties that have a line; the state tree shows all of them. */
const ENTRIES_MAX = 100;

/**
 * A value on a few lines: one for each property of an object, or just the value.
 *
 * @param needs how much the values of properties are needed for a finding that is explained, by their names.
 */
export function ValueBlock({
  value,
  omit,
  needs,
}: {
  value: unknown;
  omit?: string;
  needs?: ReadonlyMap<string, Need>;
}): ReactNode {
  const container = containerOf(value);
  if (container?.kind !== 'object') {
    return (
      <p className="value-block data">
        <ValueText value={value as Value} />
      </p>
    );
  }
  const entries = Object.entries(container.value).filter(([key]) => key !== omit);
  if (entries.length === 0) return null;
  return (
    <dl className="value-block data">
      {entries.slice(0, ENTRIES_MAX).map(([key, item]) => (
        <Property key={key} name={key} value={item} need={needs?.get(key)} />
      ))}
      {entries.length > ENTRIES_MAX && (
        <div className="muted">and {formatCount(entries.length - ENTRIES_MAX)} more</div>
      )}
    </dl>
  );
}

function Property({
  name,
  value,
  need,
}: {
  name: string;
  value: Value;
  need: Need | undefined;
}): ReactNode {
  return (
    <div data-need={need}>
      <dt title={shownName(name)}>{shownName(name)}</dt>
      <dd>
        <ValueText value={value} />
        {need && (
          <span className="value-need" title={FIELD_NEED_WORDS[need]}>
            <NeedIcon need={need} />
            <span className="visually-hidden">{FIELD_NEED_WORDS[need]}</span>
          </span>
        )}
      </dd>
    </div>
  );
}
