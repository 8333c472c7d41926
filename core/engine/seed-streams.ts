import { keysOf } from '../keys-of.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';

/** Streams of a seed: switching faults off leaves the operations unchanged. */
const STREAM = { operations: 0n, external: 1n, faults: 2n, depths: 3n } as const;

/** The random streams of a run. */
export type SeedStreams = Readonly<Record<keyof typeof STREAM, ChaCha8Rng>>;

/** The streams of a seed, from their beginning. */
export function streamsOf(seed: bigint): SeedStreams {
  const stream = (of: keyof typeof STREAM) => ChaCha8Rng.seedFromU64(seed, STREAM[of]);
  return {
    operations: stream('operations'),
    external: stream('external'),
    faults: stream('faults'),
    depths: stream('depths'),
  };
}

/** Streams that draw what these would draw next. */
export function copyStreams({ operations, external, faults, depths }: SeedStreams): SeedStreams {
  return {
    operations: operations.copy(),
    external: external.copy(),
    faults: faults.copy(),
    depths: depths.copy(),
  };
}

/** Lets streams that are in use go on as others that have drawn nothing yet. */
export function becomeStreams(streams: SeedStreams, others: SeedStreams): void {
  for (const name of keysOf(STREAM)) {
    streams[name].becomeLike(others[name]);
  }
}
