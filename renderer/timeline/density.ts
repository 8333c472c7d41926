import type { StepGlance } from '../../core/trace/glance.ts';
import { markOf, type Mark } from '../theme/marks.ts';
import { stepWidthPx, xOf, type StepRange, type Viewport } from './viewport.ts';

/**
 * What is counted of the steps, at most eight things. A step can count in several.
 *
 * - `rejected`: by the machine itself; `failed`: rolled back, because of a fault;
 * - `crash`: a process that died inside a step counts once, with the crash that follows;
 * - `storage`: accesses and commits that failed, refused actions, and failed restores;
 * - `delivery`: completions that came twice or got lost.
 */
export const CHANNELS = [
  'acceptedInput',
  'acceptedCompletion',
  'rejected',
  'failed',
  'finding',
  'crash',
  'storage',
  'delivery',
] as const;

export type Channel = (typeof CHANNELS)[number];

/** Steps between two running totals; the steps in between are counted one by one. */
const BLOCK_STEPS = 16;

/**
 * Counts of steps by channel, over any range at once: running totals at every 16th step, and the
 * channels of each step as one byte.
 *
 * Running totals rather than a pyramid of halved resolutions: a range of any size costs two reads
 * and at most 15 steps at either end, and a growing trace only ever appends. A million steps take
 * 3 MB and are counted in about a tenth of a second, once.
 */
export class DensityIndex {
  #length = 0;
  #marks = new Uint8Array(1024);
  /** For each block its totals before it, channel by channel. */
  #totals = new Uint32Array((1024 / BLOCK_STEPS) * CHANNELS.length);
  readonly #running = new Uint32Array(CHANNELS.length);

  get length(): number {
    return this.#length;
  }

  /** Counts the steps that were added since. */
  extend(lengthSteps: number, glanceAt: (stepIndex: number) => StepGlance): void {
    for (let stepIndex = this.#length; stepIndex < lengthSteps; stepIndex += 1) {
      if (stepIndex === this.#marks.length) this.#grow();
      if (stepIndex % BLOCK_STEPS === 0) {
        this.#totals.set(this.#running, (stepIndex / BLOCK_STEPS) * CHANNELS.length);
      }
      const mark = channelsOf(glanceAt(stepIndex));
      this.#marks[stepIndex] = mark;
      for (let channel = 0; channel < CHANNELS.length; channel += 1) {
        this.#running[channel] = (this.#running[channel] as number) + ((mark >> channel) & 1);
      }
    }
    this.#length = Math.max(this.#length, lengthSteps);
  }

  /** How many steps from one to before another are of a channel. */
  sum(channel: Channel, fromStep: number, toStep: number): number {
    const bit = CHANNELS.indexOf(channel);
    const from = Math.max(0, Math.min(fromStep, this.#length));
    const to = Math.max(from, Math.min(toStep, this.#length));
    return this.#before(bit, to) - this.#before(bit, from);
  }

  #before(bit: number, stepIndex: number): number {
    if (stepIndex === this.#length) return this.#running[bit] as number;
    const block = Math.floor(stepIndex / BLOCK_STEPS);
    let total = this.#totals[block * CHANNELS.length + bit] as number;
    for (let at = block * BLOCK_STEPS; at < stepIndex; at += 1) {
      total += ((this.#marks[at] as number) >> bit) & 1;
    }
    return total;
  }

  #grow(): void {
    const marks = new Uint8Array(this.#marks.length * 2);
    marks.set(this.#marks);
    this.#marks = marks;
    const totals = new Uint32Array(this.#totals.length * 2);
    totals.set(this.#totals);
    this.#totals = totals;
  }
}

const BITS = Object.fromEntries(CHANNELS.map((channel, at) => [channel, 1 << at])) as Readonly<
  Record<Channel, number>
>;

/** The channel of a mark; the others are no fault, or are counted with their crash. */
const MARK_CHANNELS: Readonly<Partial<Record<Mark, Channel>>> = {
  crash: 'crash',
  crashWithLoss: 'crash',
  restoreFailed: 'storage',
  restoreRefused: 'storage',
  refused: 'storage',
  storage: 'storage',
  loss: 'delivery',
  duplicate: 'delivery',
};

/** The channels of a step, one bit each. */
export function channelsOf(glance: StepGlance): number {
  const { operation, outcome } = glance;
  const mark = markOf(glance);
  const channel = mark && MARK_CHANNELS[mark];
  let bits = channel === undefined ? 0 : BITS[channel];
  if (glance.hasFinding || outcome === 'panic' || outcome === 'hang') bits |= BITS.finding;
  if (operation !== 'normal' && operation !== 'trackedActionCompleted') return bits;
  if (outcome === 'ok') {
    return bits | (operation === 'normal' ? BITS.acceptedInput : BITS.acceptedCompletion);
  }
  if (outcome === 'crashed') return bits | BITS.failed;
  if (outcome === 'err') return bits | (glance.hasFault ? BITS.failed : BITS.rejected);
  return bits;
}

/** Bars of a density drawing are at least this wide, the gap between them included. */
const BIN_PX_MIN = 3;

/** Some steps that are drawn together. */
export interface Bin {
  readonly fromStep: number;
  readonly toStep: number;
  readonly leftPx: number;
  readonly rightPx: number;
}

/**
 * How many steps share a bar: a power of two, so that the bars stay what they are while the view
 * pans, and only merge or split in pairs while it zooms.
 */
export function binStepsFor(stepPx: number, binPxMin = BIN_PX_MIN): number {
  return Math.max(1, 2 ** Math.ceil(Math.log2(binPxMin / stepPx)));
}

/** The bins that touch a range; every step of the trace in it lies in exactly one. */
export function binsIn(
  viewport: Viewport,
  range: StepRange,
  lengthSteps: number,
  binPxMin = BIN_PX_MIN,
): readonly Bin[] {
  const binSteps = binStepsFor(stepWidthPx(viewport), binPxMin);
  const firstStep = Math.max(0, Math.floor(range.startAt / binSteps) * binSteps);
  const endStep = Math.min(lengthSteps, range.endAt);
  const bins: Bin[] = [];
  for (let fromStep = firstStep; fromStep < endStep; fromStep += binSteps) {
    const toStep = Math.min(fromStep + binSteps, lengthSteps);
    bins.push({
      fromStep,
      toStep,
      leftPx: xOf(viewport, fromStep),
      rightPx: xOf(viewport, toStep),
    });
  }
  return bins;
}
