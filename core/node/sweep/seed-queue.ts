import { SEED_MAX } from '../../text/quantities.ts';

/** Seeds at equal distances, as a shard has them. */
export interface SeedBatch {
  readonly first: bigint;
  readonly stride: bigint;
  readonly count: number;
}

/** Which seeds are swept. */
export interface SeedRange {
  /** The first seed of all shards together. */
  readonly from: bigint;
  /** How many seeds of all shards together; absent for as many as the time allows. */
  readonly count?: number;
  /** 1-based, of so many. */
  readonly shard: { readonly index: number; readonly total: number };
}

/** The seeds of a shard that have not been run, handed out in batches. */
export class SeedQueue {
  readonly #stride: bigint;
  /** Batches that were handed out, and came back. */
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

  /** The next seeds, at most so many of those that were never handed out. */
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

/** The seed at a place of a batch. */
export function seedAt({ first, stride }: SeedBatch, position: number): bigint {
  return first + BigInt(position) * stride;
}

/** How many of the seeds are a shard's; after the largest seed there are no more. */
export function seedsOfShard({ from, count = Number.MAX_SAFE_INTEGER, shard }: SeedRange): number {
  const room = SEED_MAX - from + 1n;
  const seeds = room < BigInt(count) ? Number(room) : count;
  return Math.max(0, Math.ceil((seeds - (shard.index - 1)) / shard.total));
}
