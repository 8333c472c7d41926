import { isatty } from 'node:tty';
import pc from 'picocolors';
import { cutText, showLines, showText } from '../../text/visible.ts';
import { encodeValue } from '../../value/encoding.ts';

/**
 * A part of a line: plain text, or text in a style. Whatever the text is, and whoever wrote it, it is
 * printed visibly: only the styles of this module command the terminal.
 */
export type Piece = string | Styled;

/** Pieces in a style; see {@link style}. */
export class Styled {
  readonly pieces: readonly Piece[];
  readonly paint: (text: string) => string;

  constructor(paint: (text: string) => string, pieces: readonly Piece[]) {
    this.paint = paint;
    this.pieces = pieces;
  }
}

const { NO_COLOR: noColor, TERM: terminal } = process.env;
/** On a thread, the standard streams of this process are pipes, whatever is behind them. */
const isColoured = pc.isColorSupported || (isatty(1) && !noColor && terminal !== 'dumb');
const colours = pc.createColors(isColoured);

function styling(paint: (text: string) => string): (...pieces: readonly Piece[]) => Styled {
  return (...pieces) => new Styled(paint, pieces);
}

/** The styles of what is printed, where the terminal has them. */
export const style = {
  blue: styling(colours.blue),
  bold: styling(colours.bold),
  dim: styling(colours.dim),
  green: styling(colours.green),
  plain: styling((text) => text),
  red: styling(colours.red),
  violet: styling(colours.magenta),
  yellow: styling(colours.yellow),
};

/** More than this of one text is not read on a terminal; --json has all of it. */
const PIECE_CHARS_MAX = 20_000;

function render(piece: Piece): string {
  return piece instanceof Styled
    ? piece.paint(piece.pieces.map(render).join(''))
    : showText(cutText(piece, PIECE_CHARS_MAX));
}

type Write = (text: string, onWritten?: () => void) => unknown;
let sendOut: Write = (text, onWritten) => process.stdout.write(text, onWritten);
let sendError: Write = (text, onWritten) => process.stderr.write(text, onWritten);

/** A line that GitHub Actions takes for a command, and may obey, wherever it comes from. */
const WORKFLOW_COMMAND = /^[^\S\n]*(?=::)|(?<=##)(?=\[)/gm;

/** In GitHub Actions, no text of others is a command: those of ours are sent by {@link printCommand}. */
function withoutCommands(text: string): string {
  return isInGitHubActions() ? text.replaceAll(WORKFLOW_COMMAND, (indent) => `${indent}\\`) : text;
}

/** Whether this process is a step of GitHub Actions. */
export function isInGitHubActions(): boolean {
  return process.env['GITHUB_ACTIONS'] === 'true';
}

const writeOut: Write = (text, onWritten) => sendOut(withoutCommands(text), onWritten);
const writeError: Write = (text, onWritten) => sendError(withoutCommands(text), onWritten);

/** Sends a command of ours to GitHub Actions, which reads it from either stream. */
export function printCommand(command: string): void {
  sendError(`${showText(command)}\n`);
}

/**
 * Reserves the standard streams for the functions of this module. What anything else writes to them,
 * such as a machine, goes to standard error, and is shown there: it does not command the terminal.
 */
export function keepStandardStreams(): void {
  const { stdout, stderr } = process;
  sendOut = stdout.write.bind(stdout);
  sendError = stderr.write.bind(stderr);
  stdout.write = shownOnStandardError();
  stderr.write = shownOnStandardError();
}

function shownOnStandardError(): typeof process.stderr.write {
  const decoder = new TextDecoder();
  return (chunk, ...rest: readonly unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    writeError(showLines(text));
    const callback = rest.find((one) => typeof one === 'function');
    if (callback) process.nextTick(callback);
    return true;
  };
}

/** Settled when all that was printed has left this thread, which may end then. */
export async function untilPrinted(): Promise<void> {
  for (const write of [writeOut, writeError]) {
    await new Promise<void>((done) => write('', done));
  }
}

/** Ends the wrapping of long lines, and begins it again: what is wrapped is not overwritten. */
const [CUT, WRAP] = ['\u001b[?7l', '\u001b[?7h'];

/** Shows a text in the last line of standard error, instead of the text that is there. */
export function showInLastLine(text: string): void {
  writeError(`\r\u001b[2K${text === '' ? '' : `${CUT}${colours.dim(showText(text))}${WRAP}`}`);
}

/** What JSON may contain as it is although it commands a terminal, does not show, or misleads the eye. */
const MISLEADING =
  /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/**
 * Returns a document as JSON of several lines, in which nothing commands a terminal. Integers of any size, such
 * as ids of actions, are written as `encodeValue` does.
 */
export function formatJson(document: unknown): string {
  const withBigints = (_: string, value: unknown) =>
    typeof value === 'bigint' ? encodeValue(value) : value;
  return escapeMisleading(JSON.stringify(document, withBigints, 2));
}

/** JSON of the same meaning, in which nothing commands a terminal, is invisible or misleads the eye. */
export function escapeMisleading(json: string): string {
  // Outside of strings, where an escape would change the meaning, there are no such characters.
  return json.replaceAll(MISLEADING, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * Prints the one JSON document of a command. In GitHub Actions, where a `##[` in any line may be obeyed, JSON
 * of the same meaning is without one; no line of JSON begins with `::`, the other form of a command.
 */
export function printJson(document: unknown): void {
  const json = formatJson(document);
  sendOut(`${isInGitHubActions() ? json.replaceAll('##[', String.raw`#\u0023[`) : json}\n`);
}

/** Prints a line. A line break in a piece is shown like any other character that does not show. */
export function printLine(...pieces: readonly Piece[]): void {
  writeOut(`${pieces.map(render).join('')}\n`);
}

/**
 * Prints a text that may have lines of its own, each behind an indent: none of them passes for a line
 * of ours.
 *
 * @param tail follows the last line.
 */
export function printIndented(indent: string, text: string, tail: Piece = ''): void {
  const lines = linesOf(text);
  for (const line of lines.slice(0, -1)) printLine(indent, line);
  printLine(indent, lines.at(-1) ?? '', tail);
}

/** Prints a text of our own with its lines as they are. */
export function printText(text: string): void {
  writeOut(`${showLines(text)}\n`);
}

/** Prints rows of two aligned columns. */
export function printTable(rows: readonly (readonly [name: string, value: Piece])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) printLine('  ', style.dim(name.padEnd(width)), '  ', value);
}

/** Prints a line to standard error. */
export function printErrorLine(...pieces: readonly Piece[]): void {
  writeError(`${pieces.map(render).join('')}\n`);
}

/** Prints a text to standard error, as {@link printIndented} does. */
export function printErrorIndented(indent: string, text: string): void {
  for (const line of linesOf(text)) printErrorLine(indent, style.dim(line));
}

function linesOf(text: string): readonly string[] {
  return cutText(text, PIECE_CHARS_MAX)
    .split(/\r?\n/)
    .map((line) => line.replaceAll('\t', '    '));
}

/** Prints a text of our own to standard error with its lines as they are. */
export function printErrorText(text: string): void {
  writeError(`${showLines(text)}\n`);
}
