import type { ReactNode } from 'react';
import { containerOf } from '../../core/value/container.ts';
import type { Value } from '../../core/value/value.ts';
import { ValueText } from '../ui/value-text.tsx';
import './value-block.css';

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
      {entries.map(([key, item]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            <ValueText value={item} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
