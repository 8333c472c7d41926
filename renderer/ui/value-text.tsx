import { Fragment, type ReactNode } from 'react';
import { formatKey } from '../../core/value/path.ts';
import { Table } from '../../core/value/table.ts';
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
  if (Array.isArray(value)) return list(['[', ']'], value as readonly Value[], value.length, depth);
  if (value instanceof Set) {
    return list(['Set {', '}'], firstOf(value as ReadonlySet<Value>), value.size, depth);
  }
  if (value instanceof Map) {
    const open = value instanceof Table ? 'Table {' : 'Map {';
    const entries = firstOf(value as ReadonlyMap<Value, Value>);
    return pairs(
      [open, '}'],
      entries.map(([key, item]) => [formatKey(key), item]),
      value.size,
      depth,
    );
  }
  const entries = Object.entries(value) as [string, Value][];
  return pairs(['{', '}'], entries, entries.length, depth);
}

/** As many items as are shown, of a container that may hold a million. */
function firstOf<Item>(items: Iterable<Item>): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.length === ITEMS_MAX) break;
    first.push(item);
  }
  return first;
}

type Brackets = readonly [open: string, close: string];

function list(
  [open, close]: Brackets,
  items: readonly Value[],
  count: number,
  depth: number,
): ReactNode {
  if (count === 0 || depth === 0) return <Folded open={open} count={count} close={close} />;
  return (
    <>
      <span className="value-mark">{open}</span>
      {items.slice(0, ITEMS_MAX).map((item, index) => (
        <Fragment key={index}>
          {index > 0 && <span className="value-mark">, </span>}
          <ValueText value={item} depth={depth - 1} />
        </Fragment>
      ))}
      <Rest count={count} />
      <span className="value-mark">{close}</span>
    </>
  );
}

function pairs(
  [open, close]: Brackets,
  entries: readonly (readonly [string, Value])[],
  count: number,
  depth: number,
): ReactNode {
  if (count === 0 || depth === 0) return <Folded open={open} count={count} close={close} />;
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
      <Rest count={count} />
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
