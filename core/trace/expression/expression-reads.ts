import type { Change } from '../../value/patch.ts';
import type { PathSegment } from '../../value/path.ts';

/** @file What of the state an expression reads, so that it is evaluated only where that may have changed. */

/** A part of the state that an expression reads. */
export interface StateRead {
  /** The names and keys that lead there, as texts. */
  readonly path: readonly string[];
  /** Whether only the size of what is there is read. */
  readonly isOfSize: boolean;
}

/** A node of a syntax tree of the evaluator. */
interface Node {
  readonly op: string;
  readonly args: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/**
 * What of the state an expression reads; `undefined` where that is not known, or all of it. Members are
 * known by fixed names and keys: behind any other, all that is there counts as read.
 */
export function readsOf(root: unknown): readonly StateRead[] | undefined {
  const reads: StateRead[] = [];
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isNode(value)) continue;
    const sized = sizedBy(value);
    const path = pathOf(sized ?? value);
    if (path?.length === 0) return undefined;
    if (path) reads.push({ path, isOfSize: sized !== undefined });
    else open.push(value.args);
  }
  return reads;
}

/** What a call of `size` is of. */
function sizedBy({ op, args }: Node): unknown {
  if (!Array.isArray(args) || args[0] !== 'size') return undefined;
  const operands: unknown = op === 'call' ? args[1] : op === 'rcall' ? [args[1]] : undefined;
  return Array.isArray(operands) && operands.length === 1 ? operands[0] : undefined;
}

/** The fixed names and keys that lead from the state to a node; `undefined` if it is anything else. */
function pathOf(node: unknown): readonly string[] | undefined {
  if (!isNode(node)) return undefined;
  const { op, args } = node;
  if (op === 'id') return args === 'state' ? [] : undefined;
  if ((op !== '.' && op !== '[]') || !Array.isArray(args)) return undefined;
  const [left, member] = args as readonly unknown[];
  const key = op === '.' ? member : isNode(member) && member.op === 'value' ? member.args : null;
  const path = pathOf(left);
  if (!path || !isName(key)) return undefined;
  return [...path, String(key)];
}

function isName(key: unknown): key is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof key);
}

/** Whether a change may be one of what is read. */
export function touches({ path, isOfSize }: StateRead, change: Change): boolean {
  const { path: changed, kind } = change;
  const shared = Math.min(path.length, changed.length);
  for (let depth = 0; depth < shared; depth += 1) {
    const segment = changed[depth] as PathSegment;
    if (textOf(segment) === path[depth]) continue;
    // An item of a list may come to the place that is read when others are taken out.
    return typeof segment === 'number';
  }
  if (!isOfSize || changed.length <= path.length) return true;
  // Entries that come and go count, and nothing that happens inside of one.
  return changed.length === path.length + 1 && kind !== 'changed' && kind !== 'spliced';
}

/** A segment as a fixed key names it: 1, 1n and "1" are not distinguished here. */
function textOf(segment: PathSegment): string | undefined {
  const key = typeof segment === 'object' ? segment.mapKey : segment;
  return isName(key) ? String(key) : undefined;
}
