import type { Change, Patch } from '../../core/value/patch.ts';
import type { PathSegment } from '../../core/value/path.ts';
import { segmentKey } from '../../core/value/segment.ts';

type Splice = Extract<Change, { kind: 'spliced' }>;

/** What happened to the very value at a place. */
export type Sign = 'added' | 'removed' | 'changed';

/**
 * A patch as a tree, so that the marks of a row are found while the state is walked down, without
 * comparing paths.
 */
export interface MarkNode {
  /** How this value as a whole differs; nothing below it is marked then. */
  readonly sign?: Sign;
  /** What was taken out of this array and put into it. */
  readonly splice?: Splice;
  readonly children: ReadonlyMap<string, MarkNode>;
  /** The rows with a sign at this place and below it. */
  readonly count: number;
}

/** The marks of a patch that changes nothing. */
export const NO_MARKS: MarkNode = { children: new Map(), count: 0 };

interface Draft {
  sign?: Sign;
  splice?: Splice;
  children: Map<string, Draft>;
  count: number;
}

/**
 * The tree of a patch, or `undefined` for one that touches a place twice, such as a patch that
 * another tool wrote: it says how to get from one state to another but not how the two differ, so
 * the caller compares them itself.
 */
export function markTree(patch: Patch): MarkNode | undefined {
  const root: Draft = { children: new Map(), count: 0 };
  for (const change of patch) if (!addChange(root, change)) return undefined;
  return root;
}

function addChange(root: Draft, change: Change): boolean {
  const weight = change.kind === 'spliced' ? change.removed + change.inserted.length : 1;
  if (weight === 0) return true;
  let node = root;
  node.count += weight;
  for (const segment of change.path) {
    if (node.sign || node.splice) return false;
    node = childOf(node, segment);
    node.count += weight;
  }
  if (node.sign || node.splice || node.children.size > 0) return false;
  if (change.kind === 'spliced') node.splice = change;
  else node.sign = change.kind;
  return true;
}

function childOf(node: Draft, segment: PathSegment): Draft {
  const key = segmentKey(segment);
  let child = node.children.get(key);
  if (!child) {
    child = { children: new Map(), count: 0 };
    node.children.set(key, child);
  }
  return child;
}

/** Whether a container itself stayed while something inside it differs. */
export function hasMarksInside(marks: MarkNode | undefined): boolean {
  return marks !== undefined && marks.count > 0 && marks.sign === undefined;
}

/** How many changes of each sign a patch makes, to say it in words. */
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
