import type { ReactNode } from 'react';
import { containerOf } from '../../core/value/container.ts';
import type { Value } from '../../core/value/value.ts';
import { ValueText } from '../ui/value-text.tsx';
import { formatCount } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import './value-block.css';

/** The most properties that have a line; the state tree shows all of them. */
const ENTRIES_MAX = 100;

/** A value on a few lines: one for each property of an object, or just the value. */
export function ValueBlock({ value, omit }: { value: unknown; omit?: string }): ReactNode {
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
        <div key={key}>
          <dt title={shownLine(key)}>{shownLine(key)}</dt>
          <dd>
            <ValueText value={item} />
          </dd>
        </div>
      ))}
      {entries.length > ENTRIES_MAX && (
        <div className="muted">and {formatCount(entries.length - ENTRIES_MAX)} more</div>
      )}
    </dl>
  );
}
