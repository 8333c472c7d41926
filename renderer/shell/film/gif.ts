import { GIFEncoder, nearestColorIndex, quantize, type Encoder, type Rgb } from 'gifenc';

/** The colours of a frame: a byte holds an index of them, and one stands for "as before". */
const COLOURS_MAX = 255;

/**
 * The most frequent colours are kept as they are. Those are the surfaces: were they averaged, what changes
 * would be surrounded by another shade.
 */
const EXACT_COLOURS = 96;

/** A picture of pixels, each four bytes: red, green, blue, and opaque. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** An animated GIF that is made frame by frame. A frame holds only what differs from the one before. */
export class Gif {
  readonly #encoder: Encoder = GIFEncoder();
  #before: Uint32Array | undefined;

  /**
   * Adds a frame.
   *
   * @param pixels of the size of all other frames.
   * @param shownMs how long it is shown, in whole hundredths of a second.
   */
  add({ width, height, data }: Pixels, shownMs: number): void {
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    const before = this.#before;
    const isChanged = (at: number) => pixels[at] !== before?.[at];
    const palette = paletteOf(countColours(pixels, isChanged));
    const same = palette.length;
    const indices = new Uint8Array(pixels.length).fill(same);
    const indexOf = new Map<number, number>();
    for (let at = 0; at < pixels.length; at += 1) {
      if (!isChanged(at)) continue;
      const colour = pixels[at] ?? 0;
      let index = indexOf.get(colour);
      if (index === undefined) {
        index = nearestColorIndex(palette, rgbOf(colour));
        indexOf.set(colour, index);
      }
      indices[at] = index;
    }
    this.#encoder.writeFrame(indices, width, height, {
      palette: [...palette, [0, 0, 0]],
      delay: shownMs,
      dispose: 1,
      transparent: before !== undefined,
      transparentIndex: same,
    });
    this.#before = pixels;
  }

  /** The bytes until now. */
  get size(): number {
    return this.#encoder.stream.bytesView().length;
  }

  /** Ends the file. No frame can be added any more. */
  end(): Uint8Array<ArrayBuffer> {
    this.#encoder.finish();
    return this.#encoder.bytes();
  }
}

/** How often each colour occurs among some of the pixels. */
function countColours(
  pixels: Uint32Array,
  isCounted: (at: number) => boolean,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 1) {
    if (!isCounted(at)) continue;
    const colour = pixels[at] ?? 0;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

/** Chooses the colours of a frame: all of them where there is room. */
function paletteOf(counts: ReadonlyMap<number, number>): readonly Rgb[] {
  const colours = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  if (colours.length <= COLOURS_MAX) return colours.map(rgbOf);
  const others = Uint32Array.from(colours.slice(EXACT_COLOURS));
  return [
    ...colours.slice(0, EXACT_COLOURS).map(rgbOf),
    ...quantize(new Uint8Array(others.buffer), COLOURS_MAX - EXACT_COLOURS),
  ];
}

/** The parts of a colour, as little-endian computers hold its bytes: all that Chromium runs on. */
function rgbOf(colour: number): Rgb {
  return [colour & 0xff, (colour >>> 8) & 0xff, (colour >>> 16) & 0xff];
}
