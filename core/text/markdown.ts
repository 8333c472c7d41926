/**
 * @file Texts of others in Markdown, as GitHub and GitLab read it: they stay text. Those who mean to hide or
 * reorder characters are dealt with by `showText`, before.
 */

/**
 * What becomes a link or a mention even where its signs are escaped, since it is looked for in the text that
 * is shown: names, addresses, numbers of issues and the like, digests of commits, formulas.
 */
const LINKED =
  /@|\$|[#!%&^~]\w|:\/\/|www\.|\b(?:GH-\d|mailto:|xmpp:)|(?<![a-z\d])[a-f\d]{7,40}(?![a-z\d])/i;
/** Ends a word: in a table, a bar would have to be escaped inside of code, where nothing is. */
const BETWEEN_WORDS = /([\s|`]+)/;

/**
 * A text on one line of Markdown: what would be markup, or another line, is text, and what would be a link
 * or a mention is code. It may stand in a table.
 */
export function escapeMarkdown(text: string): string {
  const escaped = text
    .split(BETWEEN_WORDS)
    .map((part) => (LINKED.test(part) ? markdownCode(part) : escapeSigns(part)))
    .join('');
  return escaped.replace(/^( ?)(?=[-+=])/, '$1\\').replace(/^( ?\d+)(?=[.)])/, '$1\\');
}

function escapeSigns(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#~&]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}

/** A text as code on one line, outside of tables. */
export function markdownCode(text: string): string {
  if (text.trim() === '') return '` `';
  const ticks = '`'.repeat(longestTicks(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text.replaceAll(/\s+/g, ' ')}${pad}${ticks}`;
}

/**
 * Lines of code between fences that they cannot close.
 *
 * @param language for the highlighting, such as `sh`.
 */
export function markdownFence(lines: readonly string[], language = ''): readonly string[] {
  const fence = '`'.repeat(Math.max(3, longestTicks(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

/** A table with a heading for each column; the texts of its cells stay text. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const lineOf = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [lineOf(headings), `|${' --- |'.repeat(headings.length)}`, ...rows.map(lineOf)];
}

function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}
