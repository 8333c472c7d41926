import { formatCount } from '../text/counts.ts';
import { containerOf, type Container } from './container.ts';
import { sizeText } from './label.ts';
import { formatKey, type Path } from './path.ts';
import { shownSegment, shownString } from './shown.ts';
import { quoteValue, type Value } from './value.ts';

const ENTRIES_MAX = 40;
const LEVELS_MAX = 8;
/** A container is on one line when it is as short as that, and holds no others. */
const INLINE_ENTRIES_MAX = 8;
const INLINE_CHARS_MAX = 88;

/** A line of a value that is written as a tree. */
export interface TreeLine {
  /** How deep it is; 0 is the value itself. */
  readonly level: number;
  readonly path: Path;
  /** Its name in its parent; empty for the value itself, and for members of a set. */
  readonly name: string;
  /**
   * Its value where it is all on the line, else the size of its container, whose entries follow; absent
   * where `name` says how many entries are left out.
   */
  readonly text?: string;
  /** Whether its entries follow. */
  readonly isOpen: boolean;
}

/** What of a value is written as a tree. */
export interface TreeChoice {
  /** Whether the entry at a path is there however long its list is; by default, none is. */
  readonly isKept?: (path: Path) => boolean;
  /** Whether the entries of the container at a path follow it; by default, those of all do. */
  readonly isOpened?: (path: Path) => boolean;
}

/** A value as a tree, one member a line, as people read it: long lists and deep values are cut. */
export function* treeLines(
  value: Value,
  choice: TreeChoice = {},
): Generator<TreeLine, void, undefined> {
  yield* linesOf(value, { level: 0, path: [], name: '' }, choice);
}

function* linesOf(
  value: Value,
  place: Pick<TreeLine, 'level' | 'path' | 'name'>,
  choice: TreeChoice,
): Generator<TreeLine, void, undefined> {
  const { level, path } = place;
  const { isKept, isOpened } = choice;
  const container = containerOf(value);
  const inline = container ? inlineText(container) : scalarText(value);
  if (!container || inline !== undefined || level >= LEVELS_MAX) {
    yield { ...place, text: inline ?? sizeText(value), isOpen: false };
    return;
  }
  if (isOpened && !isOpened(path)) {
    const text = container.size > ENTRIES_MAX ? sizeText(value) : quoteValue(value);
    yield { ...place, text, isOpen: false };
    return;
  }
  yield { ...place, text: sizeText(value), isOpen: true };
  let [shown, at] = [0, 0];
  for (const [segment, item] of container.entries()) {
    const within = [...path, segment];
    at += 1;
    if (at > ENTRIES_MAX && isKept?.(within) !== true) {
      // Nothing else of a list of any length is looked at.
      if (!isKept) break;
      continue;
    }
    shown += 1;
    const name = container.kind === 'set' ? '' : shownSegment(segment);
    yield* linesOf(item, { level: level + 1, path: within, name }, choice);
  }
  if (shown === container.size) return;
  const name = `… and ${formatCount(container.size - shown)} more`;
  yield { level: level + 1, path, name, isOpen: false };
}

function scalarText(value: Value): string {
  return typeof value === 'string' ? shownString(value) : formatKey(value);
}

/** A short container without others in it, on one line. */
function inlineText(container: Container): string | undefined {
  if (container.size > INLINE_ENTRIES_MAX) return undefined;
  for (const [, item] of container.entries()) if (containerOf(item)) return undefined;
  const text = quoteValue(container.value);
  return text.length <= INLINE_CHARS_MAX ? text : undefined;
}
