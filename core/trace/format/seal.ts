import { TextDigest } from '../../value/text-digest.ts';
import { formatEnd, type TraceEnd } from './format.ts';

/** How a closing line ends that carries the digest of its trace. */
const DIGEST = /,"digest":"([0-9a-f]{32})"\}$/;

/**
 * Makes and checks the digest on the closing line of a trace, which is of the text of all its lines:
 * a trace that fits its digest is unchanged, down to the operations and findings, which no
 * digest of a state covers. It finds damage and edits, but not forgers, who can write a new one.
 */
export class TraceSeal {
  readonly #digest = new TextDigest();

  /** Takes a line before the closing one, without its line break. */
  add(line: string): void {
    this.#digest.add(`${line}\n`);
  }

  /** The closing line, without its line break, with the digest of all lines. */
  close(end: TraceEnd): string {
    const unsealed = formatEnd(end);
    this.add(unsealed);
    return `${unsealed.slice(0, -1)},"digest":"${this.#digest.finish()}"}`;
  }

  /**
   * How a closing line fits the lines before it; `open` for one without a digest, as traces up to
   * version 3 have it.
   */
  check(closing: string): 'fits' | 'contradicts' | 'open' {
    const [ending, expected] = DIGEST.exec(closing) ?? [];
    if (ending === undefined) return 'open';
    this.add(`${closing.slice(0, -ending.length)}}`);
    return this.#digest.finish() === expected ? 'fits' : 'contradicts';
  }
}

/** The closing line of a trace with the given other lines. */
export function closingLine(lines: Iterable<string>, end: TraceEnd): string {
  const seal = new TraceSeal();
  for (const line of lines) seal.add(line);
  return seal.close(end);
}
