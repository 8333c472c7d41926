import { Recent } from '../../recent.ts';
import type { StepStore } from '../../trace/step-lines.ts';
import type { TextBytes } from './text-bytes.ts';

/** The steps of a block, whose lines are read together. */
const BLOCK_STEPS = 64;
/** The blocks that are kept. */
const BLOCKS_KEPT = 64;

/** Where the lines of steps lie in a text. */
export interface LinePlaces {
  /** Where the line of every 64th step begins, in bytes. */
  readonly starts: number[];
  /** Where the line of the last step ends. */
  end: number;
  steps: number;
}

/** Notes where lines of steps lie. */
export class LinePlacer {
  readonly places: LinePlaces;

  constructor(places: LinePlaces = { starts: [], end: 0, steps: 0 }) {
    this.places = places;
  }

  /** Adds the line of the next step, which lies there. */
  add(from: number, to: number): void {
    const { places } = this;
    if (places.steps % BLOCK_STEPS === 0) places.starts.push(from);
    places.end = to;
    places.steps += 1;
  }

  /** The places of some steps, where the lines after those are no steps. */
  upTo(steps: number): LinePlaces {
    const starts = this.places.starts.slice(0, Math.ceil(steps / BLOCK_STEPS));
    return { starts, end: this.places.end, steps };
  }
}

/** The lines of steps in a file, read when they are asked for. */
export class FileLines implements StepStore {
  readonly #bytes: TextBytes;
  readonly #placer: LinePlacer;
  #nextFrom = 0;
  #nextTo = 0;
  readonly #blocks = new Recent<number, readonly string[]>(BLOCKS_KEPT);

  /** @param places of lines that are in the text already. */
  constructor(bytes: TextBytes, places?: LinePlaces) {
    this.#bytes = bytes;
    this.#placer = new LinePlacer(places);
  }

  get places(): LinePlaces {
    return this.#placer.places;
  }

  /** Says where the line lies that is added next. */
  nextAt(from: number, to: number): void {
    this.#nextFrom = from;
    this.#nextTo = to;
  }

  add(): void {
    this.#placer.add(this.#nextFrom, this.#nextTo);
  }

  line(stepIndex: number): string {
    const block = Math.floor(stepIndex / BLOCK_STEPS);
    const within = stepIndex % BLOCK_STEPS;
    const known = this.#blocks.get(block)?.[within];
    const line = known ?? this.#read(block)[within];
    if (line === undefined) throw new RangeError(`there is no line of step ${stepIndex}`);
    return line;
  }

  require(): void {
    // All of them can be read at once.
  }

  async load(): Promise<void> {
    // All of them can be read at once.
  }

  #read(block: number): readonly string[] {
    const { starts, end } = this.places;
    const from = starts[block];
    if (from === undefined) return [];
    const text = this.#bytes.read(from, starts[block + 1] ?? end).toString('utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const whole = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    return this.#blocks.keep(block, whole);
  }
}
