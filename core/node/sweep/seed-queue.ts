import { SEED_MAX } from '../../text/quantities.ts';

/** Seeds at equal distances, like those of a shard. */
export interface SeedBatch {
  readonly first: bigint;
  readonly stride: bigint;
  readonly count: number;
}

/** Which seeds to sweep. */
export interface SeedRange {
  /** The first seed of all shards together. */
  readonly from: bigint;
  /** The number of seeds of all shards together; absent for as many as the time allows. */
  readonly count?: number;
  /** The index of the shard, from 1, and the number of shards. */
  readonly shard: { readonly index: number; readonly total: number };
}

/** The seeds of a shard that have not been run, handed out in batches. */
export class SeedQueue {
  readonly #stride: bigint;
  /** Batches that were handed out and returned. */
  readonly #left: SeedBatch[] = [];
  #next: bigint;
  #seedsLeft: number;

  constructor(range: SeedRange) {
    this.#stride = BigInt(range.shard.total);
    this.#next = range.from + BigInt(range.shard.index - 1);
    this.#seedsLeft = seedsOfShard(range);
  }

  /** Seeds that were never handed out. */
  get length(): number {
    return this.#seedsLeft;
  }

  /** Hands out the next seeds, at most `seedsMax` of those that were never handed out. */
  draw(seedsMax: number): SeedBatch | undefined {
    const left = this.#left.pop();
    if (left) return left;
    const count = Math.min(seedsMax, this.#seedsLeft);
    if (count <= 0) return undefined;
    const first = this.#next;
    this.#next += BigInt(count) * this.#stride;
    this.#seedsLeft -= count;
    return { first, stride: this.#stride, count };
  }

  /** Takes back a part of a batch. */
  putBack(batch: SeedBatch, from: number, to: number = batch.count): void {
    if (to <= from) return;
    const { stride } = batch;
    this.#left.push({ first: seedAt(batch, from), stride, count: to - from });
  }
}

/** The seed at a position in a batch. */
export function seedAt({ first, stride }: SeedBatch, position: number): bigint {
  return first + BigInt(position) * stride;
}

/** The number of seeds in a shard, up to the largest seed. */
export function seedsOfShard({ from, count = Number.MAX_SAFE_INTEGER, shard }: SeedRange): number {
  const room = SEED_MAX - from + 1n;
  const seeds = room < BigInt(count) ? Number(room) : count;
  return Math.max(0, Math.ceil((seeds - (shard.index - 1)) / shard.total));
}
