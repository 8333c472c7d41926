import { treeLines, type TreeLine } from '../../value/tree-lines.ts';
import type { Value } from '../../value/value.ts';
import { printLine, style, type Piece } from './print.ts';

/** How much of a value is printed; --json has all of it. */
const LINES_MAX = 200;
const INDENT = '  ';

/** Prints a value as a tree, one member a line, until it is too long for a terminal. */
export function printTree(value: Value): void {
  let lines = 0;
  for (const line of treeLines(value)) {
    lines += 1;
    if (lines > LINES_MAX) {
      printLine(style.dim('… and more; give a path into it, or --json'));
      // Counting on would walk a state of any size.
      return;
    }
    printLine(INDENT.repeat(line.level), ...piecesOf(line));
  }
}

function piecesOf({ name, text, isOpen }: TreeLine): readonly Piece[] {
  if (text === undefined) return [style.dim(name)];
  if (isOpen) return [style.bold(name), style.dim(`${name === '' ? '' : '  '}${text}`)];
  return [style.dim(name === '' ? '' : `${name}: `), text];
}
