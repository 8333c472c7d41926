/** The part of gifenc that is used; it comes without types. */
declare module 'gifenc' {
  /** Red, green and blue, 0 to 255 each. */
  export type Rgb = readonly [number, number, number];

  export interface Encoder {
    /**
     * Adds a frame of the size of the first one, as one index into the palette for each pixel.
     *
     * @param options.delay how long it is shown, in milliseconds.
     * @param options.dispose 1 leaves the frame for the next one to draw over.
     */
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        palette: readonly Rgb[];
        delay: number;
        dispose: number;
        transparent: boolean;
        transparentIndex?: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
    readonly stream: { bytesView(): Uint8Array<ArrayBuffer> };
  }

  export function GIFEncoder(): Encoder;
  /** Chooses at most `most` colours for pixels, of four bytes each. */
  export function quantize(rgba: Uint8Array, most: number): Rgb[];
  export function nearestColorIndex(palette: readonly Rgb[], color: Rgb): number;
}
