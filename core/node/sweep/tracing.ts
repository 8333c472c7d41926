import { join } from 'node:path';
import { causesOfSweep } from '../../sweep/causes.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { compareSeeds } from '../../sweep/seeds.ts';
import { formatCount } from '../../text/counts.ts';
import { writeTraceFile } from '../files/trace-writer.ts';
import { errandPool } from './errand-pool.ts';
import type { SweepPlan, SweepProgress } from './pool.ts';
import type { ErrandResult } from './worker-contract.ts';

/** At most this many seeds are recorded, the smallest ones. */
const TRACES_MAX = 100;

/** The traces of a sweep. */
export interface Traced {
  /** The files, in the order of their seeds. */
  readonly files: readonly string[];
  /** Seeds without a trace, or with an incomplete one, and the reason. */
  readonly missing: readonly { readonly seed: string; readonly reason: string }[];
}

/** Traces that are being recorded. */
export interface TracingHandle {
  /** @throws {ProblemError} when the machine cannot be loaded, or a file cannot be written. */
  readonly traced: Promise<Traced>;
  /** Leaves seeds that are not recorded yet without a trace. */
  cancel(): void;
}

/**
 * Records the example of each cause of a sweep, whole and with every check on, as `seed-N.jsonl.gz` in a
 * existing folder. Causes whose example is the same seed share its trace.
 */
export function startTracing(
  plan: SweepPlan,
  report: SweepReport,
  folder: string,
  onProgress?: (progress: SweepProgress) => void,
): TracingHandle {
  const examples = causesOfSweep(report.groups).map(
    ({ symptoms: [{ group, minimal = group }] }) => minimal,
  );
  const all = [...new Set(examples.map(({ seed }) => seed))].toSorted(compareSeeds);
  const seeds = all.slice(0, TRACES_MAX);
  const errands = seeds.map((seed) => ({ kind: 'trace', seed: BigInt(seed) }) as const);
  const pool = errandPool(plan, report, errands, onProgress);
  const trace = async (): Promise<Traced> => {
    const files: string[] = [];
    const reason = `only ${formatCount(TRACES_MAX)} seeds are recorded`;
    const missing = all.slice(TRACES_MAX).map((seed) => ({ seed, reason }));
    if (seeds.length === 0) return { files, missing };
    const { errandResults } = await pool.run();
    for (const [at, seed] of seeds.entries()) {
      const result = errandResults[at];
      if (result?.kind === 'traced') {
        const file = join(folder, `seed-${seed}.jsonl.gz`);
        await writeTraceFile(file, result.lines);
        files.push(file);
        const { brokenBy } = result;
        if (brokenBy !== undefined) missing.push({ seed, reason: `it ends early. ${brokenBy}` });
      } else missing.push({ seed, reason: reasonOf(result) });
    }
    return { files, missing: missing.toSorted((a, b) => compareSeeds(a.seed, b.seed)) };
  };
  return { traced: trace(), cancel: () => pool.cancel() };
}

function reasonOf(result: ErrandResult | undefined): string {
  return result && 'reason' in result ? result.reason : 'it was not recorded';
}
