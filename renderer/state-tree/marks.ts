import type { Change, Patch } from '../../core/value/patch.ts';
import type { PathSegment } from '../../core/value/path.ts';
import { segmentKey } from '../../core/value/segment.ts';

type Splice = Extract<Change, { kind: 'spliced' }>;

/** The change of the value at a place itself. */
export type Sign = 'added' | 'removed' | 'changed';

/**
 * A patch as a tree, so that the marks of a row are found while the state is walked down, without
 * comparing paths.
 */
export interface MarkNode {
  /** The change of this value as a whole; then nothing below it is marked. */
  readonly sign?: Sign;
  /** The items removed from this list and inserted into it, in the order of the list. */
  readonly splices?: readonly Splice[];
  readonly children: ReadonlyMap<string, MarkNode>;
  /** The rows with a sign at this place and below it. */
  readonly count: number;
}

/** The marks of a patch that changes nothing. */
export const NO_MARKS: MarkNode = { children: new Map(), count: 0 };

interface Draft {
  sign?: Sign;
  splices?: Splice[];
  children: Map<string, Draft>;
  count: number;
  /** In a list, the index from which on nothing is marked yet. */
  end: number;
}

/**
 * The tree of a patch, or `undefined` for a patch that touches a place twice or a list out of order,
 * such as one that another tool wrote: it leads from one state to another but does not say how the two
 * differ, so the caller compares them.
 */
export function markTree(patch: Patch): MarkNode | undefined {
  const root: Draft = { children: new Map(), count: 0, end: 0 };
  for (const change of patch) if (!addChange(root, change)) return undefined;
  return root;
}

function addChange(root: Draft, change: Change): boolean {
  const weight = change.kind === 'spliced' ? change.removed + change.inserted.length : 1;
  if (weight === 0) return true;
  let node = root;
  node.count += weight;
  for (const segment of change.path) {
    const child = node.sign ? undefined : childOf(node, segment);
    if (!child) return false;
    node = child;
    node.count += weight;
  }
  if (node.sign) return false;
  if (change.kind === 'spliced') {
    if (change.index < node.end) return false;
    node.splices = [...(node.splices ?? []), change];
    node.end = change.index + change.inserted.length;
    return true;
  }
  if (node.splices || node.children.size > 0) return false;
  node.sign = change.kind;
  return true;
}

/** Returns nothing for an item of a list before the marked ones: a later splice would move it. */
function childOf(node: Draft, segment: PathSegment): Draft | undefined {
  const key = segmentKey(segment);
  const known = node.children.get(key);
  if (known) return known;
  if (typeof segment === 'number') {
    if (segment < node.end) return undefined;
    node.end = segment + 1;
  }
  const child: Draft = { children: new Map(), count: 0, end: 0 };
  node.children.set(key, child);
  return child;
}

/** Whether a container stayed while its contents differ. */
export function hasMarksInside(marks: MarkNode | undefined): boolean {
  return marks !== undefined && marks.count > 0 && marks.sign === undefined;
}

/** The number of changes of each sign in a patch. */
export function countSigns(patch: Patch): Readonly<Record<Sign, number>> {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const change of patch) {
    if (change.kind === 'spliced') {
      counts.removed += change.removed;
      counts.added += change.inserted.length;
    } else {
      counts[change.kind] += 1;
    }
  }
  return counts;
}
