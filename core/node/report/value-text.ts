import { formatCount } from '../../text/quantities.ts';
import { containerOf, type Container } from '../../value/container.ts';
import { sizeText } from '../../value/label.ts';
import { formatKey } from '../../value/path.ts';
import { shownSegment, shownString } from '../../value/shown.ts';
import { quoteValue, type Value } from '../../value/value.ts';
import { printLine, style, type Piece } from './print.ts';

/** How much of a value is printed; --json has all of it. */
const LINES_MAX = 200;
const ENTRIES_MAX = 40;
const LEVELS_MAX = 8;
/** A container is on one line when it is as short as that, and holds no others. */
const INLINE_ENTRIES_MAX = 8;
const INLINE_CHARS_MAX = 88;
const INDENT = '  ';

/** Prints a value as a tree, one member a line, until it is too long for a terminal. */
export function printTree(value: Value): void {
  let lines = 0;
  let hidden = 0;
  for (const pieces of treeLines(value, '', 0)) {
    lines += 1;
    if (lines <= LINES_MAX) printLine(...pieces);
    else hidden += 1;
    // Counting on would walk a state of any size.
    if (hidden > 0) break;
  }
  if (hidden > 0) printLine(style.dim('… and more; give a path into it, or --json'));
}

function* treeLines(value: Value, name: string, level: number): Generator<readonly Piece[]> {
  const container = containerOf(value);
  const indent = INDENT.repeat(level);
  const label = name === '' ? '' : `${name}: `;
  const inline = container ? inlineText(container) : scalarText(value);
  if (!container || inline !== undefined || level >= LEVELS_MAX) {
    yield [indent, style.dim(label), inline ?? sizeText(value)];
    return;
  }
  yield [indent, style.bold(name), style.dim(`${name === '' ? '' : '  '}${sizeText(value)}`)];
  let shown = 0;
  for (const [segment, item] of container.entries()) {
    if (shown === ENTRIES_MAX) {
      const more = formatCount(container.size - shown);
      yield [INDENT.repeat(level + 1), style.dim(`… and ${more} more`)];
      return;
    }
    shown += 1;
    const isMember = container.kind === 'set';
    yield* treeLines(item, isMember ? '' : shownSegment(segment), level + 1);
  }
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
