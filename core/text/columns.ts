/** Characters of East Asian scripts and emoji, which take two columns where data is set. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** How many columns a character takes, by its code point, without laying it out. */
export function columnsOfCode(code: number): 1 | 2 {
  if (code < 0x1100) return 1;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** How many columns a text of one line takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCode(character.codePointAt(0) ?? 0);
  return columns;
}

/** A text of one line in exactly so many columns: cut with an ellipsis, or filled with spaces. */
export function fitColumns(text: string, columns: number): string {
  const missing = columns - columnsOf(text);
  if (missing >= 0) return text + ' '.repeat(missing);
  let fitting = '';
  let taken = 1;
  for (const character of text) {
    const width = columnsOfCode(character.codePointAt(0) ?? 0);
    if (taken + width > columns) break;
    fitting += character;
    taken += width;
  }
  return `${fitting}…${' '.repeat(columns - taken)}`;
}
