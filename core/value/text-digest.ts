/** Text is digested in pieces of this size: joining lines costs less than many small calls. */
const PIECE_CHARS = 64 * 1024;

/** UTF-16 code units in a block of four 32-bit words. */
const BLOCK_UNITS = 8;

/** The code units of a piece while it is mixed in: a third of the time of reading them from the text. */
const ASCII = new Uint8Array(PIECE_CHARS);
const UNITS = new Uint16Array(PIECE_CHARS);
const encoder = new TextEncoder();

/**
 * The digest of a text that comes in pieces: 32 hexadecimal digits, the 128-bit MurmurHash3 (for x86)
 * of its UTF-16 code units, low byte first. It is twice as fast as SHA-256 is without the help of the
 * platform. No accident gives two texts the same digest; somebody who wants to can, and so it
 * must not stand for who has written a text.
 */
export class TextDigest {
  #piece = '';
  #units = 0;
  #h1 = 0;
  #h2 = 0;
  #h3 = 0;
  #h4 = 0;

  add(text: string): void {
    this.#piece += text;
    if (this.#piece.length < PIECE_CHARS) return;
    const whole = this.#piece.length - (this.#piece.length % BLOCK_UNITS);
    this.#mix(this.#piece, whole);
    this.#piece = this.#piece.slice(whole);
  }

  /** The digest, once all of the text was added. */
  finish(): string {
    const piece = this.#piece;
    const whole = piece.length - (piece.length % BLOCK_UNITS);
    this.#mix(piece, whole);
    this.#mixTail(piece.slice(whole));
    const bytes = this.#units * 2;
    let [h1, h2, h3, h4] = [this.#h1 ^ bytes, this.#h2 ^ bytes, this.#h3 ^ bytes, this.#h4 ^ bytes];
    [h1, h2, h3, h4] = spread(h1, h2, h3, h4);
    const last = spread(finalize(h1), finalize(h2), finalize(h3), finalize(h4));
    return last.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** Mixes in the first `units` code units of a text, which are whole blocks. */
  #mix(text: string, units: number): void {
    for (let from = 0; from < units; from += PIECE_CHARS) {
      const to = Math.min(units, from + PIECE_CHARS);
      this.#mixUnits(unitsOf(text.slice(from, to)), to - from);
    }
  }

  #mixUnits(of: Uint8Array | Uint16Array, units: number): void {
    let h1 = this.#h1;
    let h2 = this.#h2;
    let h3 = this.#h3;
    let h4 = this.#h4;
    for (let at = 0; at < units; at += BLOCK_UNITS) {
      h1 ^= scramble1(wordAt(of, at));
      h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x56_1c_cd_1b) | 0;
      h2 ^= scramble2(wordAt(of, at + 2));
      h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0b_ca_a7_47) | 0;
      h3 ^= scramble3(wordAt(of, at + 4));
      h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96_cd_1c_35) | 0;
      h4 ^= scramble4(wordAt(of, at + 6));
      h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32_ac_3b_17) | 0;
    }
    this.#h1 = h1;
    this.#h2 = h2;
    this.#h3 = h3;
    this.#h4 = h4;
    this.#units += units;
  }

  /** Mixes in what is less than a block. */
  #mixTail(units: string): void {
    this.#units += units.length;
    const tail = unitsOf(units.padEnd(BLOCK_UNITS, '\0'));
    this.#h4 ^= scramble4(wordAt(tail, 6));
    this.#h3 ^= scramble3(wordAt(tail, 4));
    this.#h2 ^= scramble2(wordAt(tail, 2));
    this.#h1 ^= scramble1(wordAt(tail, 0));
  }
}

/** The code units of a text that is no longer than a piece; until the next call. */
function unitsOf(text: string): Uint8Array | Uint16Array {
  // Only of ASCII there is one byte for each code unit.
  const { read, written } = encoder.encodeInto(text, ASCII);
  if (read === text.length && written === read) return ASCII;
  for (let at = 0; at < text.length; at += 1) UNITS[at] = text.charCodeAt(at);
  return UNITS;
}

/** Two code units as a word. */
function wordAt(units: Uint8Array | Uint16Array, at: number): number {
  return (units[at] as number) | ((units[at + 1] as number) << 16);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

// The numbers stand in the code, where the compiler knows them: it reads those with a name again for each word.

function scramble1(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0x23_9b_96_1b), 15), 0xab_0e_97_89);
}

function scramble2(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xab_0e_97_89), 16), 0x38_b3_4a_e5);
}

function scramble3(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0x38_b3_4a_e5), 17), 0xa1_e3_8b_93);
}

function scramble4(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xa1_e3_8b_93), 18), 0x23_9b_96_1b);
}

type Words = readonly [number, number, number, number];

function spread(h1: number, h2: number, h3: number, h4: number): Words {
  const sum = (h1 + h2 + h3 + h4) | 0;
  return [sum, (h2 + sum) | 0, (h3 + sum) | 0, (h4 + sum) | 0];
}

function finalize(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return mixed ^ (mixed >>> 16);
}
