import { isContainer } from '../../core/value/container.ts';
import type { Path, PathSegment } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import { isExpandable, sizeOf, type Child } from './children.ts';
import { addressId, type Address } from './expansion.ts';
import type { Sign } from './marks.ts';

/** A row of the tree, as pure data. */
export interface Row {
  readonly id: string;
  readonly path: Path;
  /** From 1. */
  readonly level: number;
  /** Absent for the root, and for the lines of a long text. */
  readonly segment: PathSegment | undefined;
  readonly value: Value;
  /** The earlier value; it matters if the sign is `changed`. */
  readonly before: Value;
  readonly sign: Sign | undefined;
  /** The sign of a container around the row that was added or removed as a whole. */
  readonly within: Sign | undefined;
  /** Changes further down. */
  readonly inside: number;
  /** Items of a container. */
  readonly size: number | undefined;
  readonly canExpand: boolean;
  readonly isExpanded: boolean;
  /** From 1, among its siblings. */
  readonly position: number;
  readonly siblings: number;
  /** A member of a Set: it has a value and no key. */
  readonly isMember: boolean;
  /** The row is a line of the long text above it. */
  readonly isLine: boolean;
}

/** The open row above a row, and the row's place below it. */
export interface RowPlace {
  readonly address: Address;
  readonly path: Path;
  readonly level: number;
  readonly within: Sign | undefined;
  /** From 0. */
  readonly position: number;
  readonly siblings: number;
  readonly isExpanded: boolean;
}

/** The row of an item. */
export function rowOfChild(place: RowPlace, child: Child): Row {
  return {
    id: addressId([...place.address, child.key]),
    path: child.segment === undefined ? place.path : [...place.path, child.segment],
    level: place.level,
    segment: child.segment,
    value: child.after,
    before: child.before,
    sign: child.sign,
    within: place.within,
    inside: child.sign ? 0 : (child.marks?.count ?? 0),
    size: isContainer(child.after) ? sizeOf(child.after) : undefined,
    canExpand: isExpandable(child),
    isExpanded: place.isExpanded,
    position: place.position + 1,
    siblings: place.siblings,
    isMember: child.isMember,
    isLine: false,
  };
}

/** The row of a line of a long text. */
export function rowOfLine(place: RowPlace, line: string): Row {
  return {
    id: addressId([...place.address, `%${place.position}`]),
    path: place.path,
    level: place.level,
    segment: undefined,
    value: line,
    before: undefined,
    sign: undefined,
    within: place.within,
    inside: 0,
    size: undefined,
    canExpand: false,
    isExpanded: false,
    position: place.position + 1,
    siblings: place.siblings,
    isMember: false,
    isLine: true,
  };
}

/** Whether two rows look the same, so that the one on screen can stay. */
export function isSameRow(a: Row, b: Row): boolean {
  return hasSameContent(a, b) && a.position === b.position && a.siblings === b.siblings;
}

/** Whether the same stands on two rows, wherever they are among their siblings. */
export function hasSameContent(a: Row, b: Row): boolean {
  return (
    a.id === b.id &&
    Object.is(a.value, b.value) &&
    a.sign === b.sign &&
    (a.sign !== 'changed' || Object.is(a.before, b.before)) &&
    a.within === b.within &&
    a.inside === b.inside &&
    a.size === b.size &&
    a.canExpand === b.canExpand &&
    a.isExpanded === b.isExpanded
  );
}
