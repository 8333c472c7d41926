import type { ChangeObject } from 'diff';

/** One of two runs beside each other: A is what B is compared with. */
export type Side = 'a' | 'b';

/** The kinds of {@link Stretch}es. */
export const STRETCH_KINDS = ['both', 'onlyA', 'onlyB', 'movedA', 'movedB'] as const;

/**
 * A stretch of steps in two runs: the same operations in both, operations that only one of them has, or operations of
 * one of them that have another place in the other. A stretch of one run says with which step of the other run it
 * would begin.
 */
export interface Stretch {
  readonly kind: (typeof STRETCH_KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** A step that both runs have, but not in the same order. */
export interface MovedStep {
  readonly a: number;
  readonly b: number;
}

/** How two runs stand beside each other. */
export interface Aligned {
  readonly stretches: readonly Stretch[];
  /** In the order of the first run. */
  readonly moved: readonly MovedStep[];
}

const SIDES: Readonly<Record<Stretch['kind'], Side | 'both'>> = {
  both: 'both',
  onlyA: 'a',
  movedA: 'a',
  onlyB: 'b',
  movedB: 'b',
};

/** The runs whose steps a stretch of this kind consists of. */
export function sideOf(kind: Stretch['kind']): Side | 'both' {
  return SIDES[kind];
}

/** Whether a stretch of this kind has steps of a run. */
export function hasSide(kind: Stretch['kind'], side: Side): boolean {
  return SIDES[kind] === side || SIDES[kind] === 'both';
}

/** A stretch as it is when the two runs change places. */
export function mirrored({ kind, a, b, length }: Stretch): Stretch {
  return { kind: MIRRORED[kind], a: b, b: a, length };
}

const MIRRORED: Readonly<Record<Stretch['kind'], Stretch['kind']>> = {
  both: 'both',
  onlyA: 'onlyB',
  onlyB: 'onlyA',
  movedA: 'movedB',
  movedB: 'movedA',
};

/** Builds stretches that follow each other. */
export class Stretches {
  readonly all: Stretch[] = [];
  #a = 0;
  #b = 0;

  addAll(changes: readonly ChangeObject<number[]>[]): void {
    for (const { added, removed, value } of changes) {
      this.add(removed ? 'onlyA' : added ? 'onlyB' : 'both', value.length);
    }
  }

  add(kind: Stretch['kind'], length: number): void {
    if (length === 0) return;
    const last = this.all.at(-1);
    if (last?.kind === kind)
      this.all[this.all.length - 1] = { ...last, length: last.length + length };
    else this.all.push({ kind, a: this.#a, b: this.#b, length });
    if (hasSide(kind, 'a')) this.#a += length;
    if (hasSide(kind, 'b')) this.#b += length;
  }
}

/**
 * How often an operation may be in a run for several of its steps to count as moved. One that comes more often, as a
 * tick does, is everywhere: which of its steps has moved would be a guess.
 */
const EQUAL_MAX = 8;

/** The operations of a run by their numbers, from a step on. */
interface Keys {
  readonly from: number;
  readonly all: readonly number[];
}

/**
 * Finds the steps without a partner that have one elsewhere: the same operation, without a partner as well. Several of
 * one operation, such as a completion that is delivered twice, are taken in order. Each step has at most one partner.
 *
 * @param keys numbers for the operations of both runs, the same for the same operation.
 */
export function findMoved(
  stretches: readonly Stretch[],
  keys: Readonly<Record<Side, Keys>>,
): readonly MovedStep[] {
  const alone = { a: aloneIn(stretches, 'a', keys.a), b: aloneIn(stretches, 'b', keys.b) };
  const times = { a: timesOf(keys.a), b: timesOf(keys.b) };
  const moved: MovedStep[] = [];
  for (const [key, ofA] of alone.a) {
    const ofB = alone.b.get(key) ?? [];
    const isOfOne = ofA.length === 1 && ofB.length === 1;
    const most = Math.max(times.a.get(key) ?? 0, times.b.get(key) ?? 0);
    if (!isOfOne && most > EQUAL_MAX) continue;
    for (const [at, a] of ofA.entries()) {
      const b = ofB[at];
      if (b !== undefined) moved.push({ a, b });
    }
  }
  return moved.toSorted((one, other) => one.a - other.a);
}

/** The steps of a run without a partner, in order, by their operations. */
function aloneIn(
  stretches: readonly Stretch[],
  side: Side,
  { from, all }: Keys,
): ReadonlyMap<number, readonly number[]> {
  const steps = new Map<number, number[]>();
  for (const stretch of stretches) {
    if (sideOf(stretch.kind) !== side) continue;
    for (let at = stretch[side]; at < stretch[side] + stretch.length; at += 1) {
      const key = all[at - from] as number;
      const known = steps.get(key);
      if (known) known.push(at);
      else steps.set(key, [at]);
    }
  }
  return steps;
}

function timesOf({ all }: Keys): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const key of all) times.set(key, (times.get(key) ?? 0) + 1);
  return times;
}

/** The stretches with the steps that have moved in stretches of their own. */
export function withMoved(
  stretches: readonly Stretch[],
  moved: readonly MovedStep[],
): readonly Stretch[] {
  if (moved.length === 0) return stretches;
  const steps = { a: new Set(moved.map(({ a }) => a)), b: new Set(moved.map(({ b }) => b)) };
  const made = new Stretches();
  for (const stretch of stretches) {
    const { kind, length } = stretch;
    const side = sideOf(kind);
    if (side === 'both') {
      made.add(kind, length);
      continue;
    }
    for (let at = stretch[side]; at < stretch[side] + length; at += 1) {
      const isMoved = steps[side].has(at);
      made.add(isMoved ? (side === 'a' ? 'movedA' : 'movedB') : kind, 1);
    }
  }
  return made.all;
}
