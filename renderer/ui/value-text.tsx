import { Fragment, type ReactNode } from 'react';
import { containerOf, type ContainerKind } from '../../core/value/container.ts';
import { formatKey } from '../../core/value/path.ts';
import { Tuple } from '../../core/value/tuple.ts';
import type { Value } from '../../core/value/value.ts';
import { shownKey, shownLine, shownString } from '../words/shown.ts';
import './value-text.css';

/** The most items of a container that one line shows. */
const ITEMS_MAX = 12;

/**
 * A value on one line, in the notation of the language, coloured by kind. What does not fit is
 * left to the box around it to cut.
 */
export function ValueText({ value, depth = 3 }: { value: Value; depth?: number }): ReactNode {
  if (typeof value === 'string') {
    return <span className="value-string">{shownString(value)}</span>;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return <span className="value-number">{formatKey(value)}</span>;
  }
  const container = containerOf(value);
  if (!container) return <span className="value-word">{formatKey(value)}</span>;
  const { kind, size } = container;
  if (kind === 'list' || kind === 'set') {
    const brackets = container.value instanceof Tuple ? TUPLE_BRACKETS : BRACKETS[kind];
    return list(brackets, firstOf<Value>(container.value), size, depth);
  }
  const entries = firstOf(container.entries()).map(([segment, item]) => {
    const key = typeof segment === 'object' ? shownKey(segment.mapKey) : shownLine(String(segment));
    return [key, item] as const;
  });
  return pairs(BRACKETS[kind], entries, size, depth);
}

const BRACKETS: Readonly<Record<ContainerKind, Brackets>> = {
  list: ['[', ']'],
  object: ['{', '}'],
  map: ['Map {', '}'],
  set: ['Set {', '}'],
  table: ['Table {', '}'],
};

/** A list that is written like a call takes its arguments: another format tells the two apart. */
const TUPLE_BRACKETS: Brackets = ['(', ')'];

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
      {items.map((item, index) => (
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
      {entries.map(([key, item], index) => (
        <Fragment key={index}>
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
