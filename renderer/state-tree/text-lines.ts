import { columnsOfCode } from '../words/shown.ts';

/** A text up to this length, and of one line, is shown whole on its row. */
const SHORT_CHARS_MAX = 60;

/** The most lines of one text that are shown; the last one then says that the rest is left out. */
const LINES_MAX = 2_000;

/** Whether a text is too long for its row, so that it can be opened. */
export function isLongText(text: string): boolean {
  return text.length > SHORT_CHARS_MAX || text.includes('\n');
}

/**
 * Breaks a long text into lines that fit: at its line breaks, and where a line is full. Data is set in a
 * monospaced font, with two columns for characters of East Asian scripts, so counting is measuring.
 * Nothing is wrapped beyond the lines that are shown.
 */
export function wrapText(text: string, lineChars: number): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  let columns = 0;
  for (let at = 0; at < text.length && lines.length < LINES_MAX;) {
    const code = text.codePointAt(at) ?? 0;
    if (code === LINE_BREAK) {
      lines.push(text.slice(start, at));
      [start, columns] = [at + 1, 0];
    } else {
      const wanted = columnsOfCode(code);
      if (columns > 0 && columns + wanted > lineChars) {
        lines.push(text.slice(start, at));
        [start, columns] = [at, 0];
      }
      columns += wanted;
    }
    at += code > 0xffff ? 2 : 1;
  }
  const isCut = lines.length === LINES_MAX;
  lines.push(
    isCut ? '… the rest is left out here; copy the value to get all of it' : text.slice(start),
  );
  return lines;
}

const LINE_BREAK = '\n'.charCodeAt(0);
