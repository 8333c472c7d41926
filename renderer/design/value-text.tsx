import { Fragment, type ReactNode } from 'react';
import { formatKey } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import './value-text.css';

/** The most items of a container and characters of a text that one line shows. */
const ITEMS_MAX = 12;
const CHARS_MAX = 240;

/**
 * A value on one line, in the notation of the language, coloured by kind. What does not fit is
 * left to the box around it to cut.
 */
export function ValueText({ value, depth = 3 }: { value: Value; depth?: number }): ReactNode {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > CHARS_MAX ? `${value.slice(0, CHARS_MAX)}…` : value);
    return <span className="value-string">{text}</span>;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return <span className="value-number">{Object.is(value, -0) ? '-0' : formatKey(value)}</span>;
  }
  if (typeof value !== 'object' || value === null) {
    return <span className="value-word">{String(value)}</span>;
  }
  if (Array.isArray(value)) return list('[', value as readonly Value[], ']', depth);
  if (value instanceof Set) return list('Set {', [...(value as ReadonlySet<Value>)], '}', depth);
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<Value, Value>)];
    return pairs(
      'Map {',
      entries.map(([key, item]) => [formatKey(key), item]),
      '}',
      depth,
    );
  }
  return pairs('{', Object.entries(value) as [string, Value][], '}', depth);
}

function list(open: string, items: readonly Value[], close: string, depth: number): ReactNode {
  if (items.length === 0 || depth === 0)
    return <Folded open={open} count={items.length} close={close} />;
  return (
    <>
      <span className="value-mark">{open}</span>
      {items.slice(0, ITEMS_MAX).map((item, index) => (
        <Fragment key={index}>
          {index > 0 && <span className="value-mark">, </span>}
          <ValueText value={item} depth={depth - 1} />
        </Fragment>
      ))}
      <Rest count={items.length} />
      <span className="value-mark">{close}</span>
    </>
  );
}

function pairs(
  open: string,
  entries: readonly (readonly [string, Value])[],
  close: string,
  depth: number,
): ReactNode {
  if (entries.length === 0 || depth === 0) {
    return <Folded open={open} count={entries.length} close={close} />;
  }
  return (
    <>
      <span className="value-mark">{open} </span>
      {entries.slice(0, ITEMS_MAX).map(([key, item], index) => (
        <Fragment key={key}>
          {index > 0 && <span className="value-mark">, </span>}
          <span className="value-key">{key}</span>
          <span className="value-mark">: </span>
          <ValueText value={item} depth={depth - 1} />
        </Fragment>
      ))}
      <Rest count={entries.length} />
      <span className="value-mark"> {close}</span>
    </>
  );
}

function Rest({ count }: { count: number }): ReactNode {
  return count > ITEMS_MAX ? (
    <span className="value-mark">, … {count - ITEMS_MAX} more</span>
  ) : null;
}

function Folded({ open, count, close }: { open: string; count: number; close: string }): ReactNode {
  return (
    <span className="value-mark">
      {open}
      {count === 0 ? '' : `…${count}`}
      {close}
    </span>
  );
}
