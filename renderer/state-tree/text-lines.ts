/** A text up to this length, and of one line, is shown whole on its row. */
const SHORT_CHARS_MAX = 60;

/** Lines of one text that are shown at most; the last one then says how much is missing. */
const LINES_MAX = 2_000;

/** Whether a text is too long for its row, so that it can be opened. */
export function isLongText(text: string): boolean {
  return text.length > SHORT_CHARS_MAX || text.includes('\n');
}

/**
 * A long text in lines that fit: at its own line breaks, and where a line is full. Data is set
 * in one width, so counting characters is measuring.
 */
export function wrapText(text: string, lineChars: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    for (let at = 0; at === 0 || at < paragraph.length; at += lineChars) {
      if (lines.length === LINES_MAX) {
        lines.push('… the rest is left out here; copy the value to have it whole');
        return lines;
      }
      lines.push(paragraph.slice(at, at + lineChars));
    }
  }
  return lines;
}
