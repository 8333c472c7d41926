import { z } from 'zod';
import type { SweepReport } from '../../core/sweep/report.ts';
import type { SweepEntry } from './model.ts';

/*
 * Which lines the seeds of a sweep executed comes back with the session, beside the source as it was then. The lines
 * are in the report; only the texts are added.
 */

/** The texts of the files of a source that was watched, in the order of the report's. */
export const keptSourceSchema = z.object({
  texts: z.array(z.object({ path: z.string(), text: z.string() })).readonly(),
  sourceHash: z.string(),
});
type KeptSource = z.infer<typeof keptSourceSchema>;

/** The most characters that are kept of all sources together: the session is written at every change. */
export const SOURCE_CHARS_KEPT_MAX = 500_000;

/** What a sweep knows of the lines that its seeds executed. */
type Watched = Pick<SweepEntry, 'coverage'> & {
  readonly report?: Pick<SweepReport, 'covered'>;
};

/** What is kept of the sources of sweeps, by the id of the sweep; the newest sweeps come first, while there is room. */
export function sourcesToKeep(
  sweeps: readonly (Watched & Pick<SweepEntry, 'id'>)[],
): ReadonlyMap<string, KeptSource> {
  const kept = new Map<string, KeptSource>();
  let room = SOURCE_CHARS_KEPT_MAX;
  for (const { id, coverage, report } of sweeps) {
    if (!coverage || !report?.covered) continue;
    const { sources, sourceHash } = coverage;
    room -= sources.reduce((sum, { text }) => sum + text.length, 0);
    if (room < 0) break;
    kept.set(id, { texts: sources.map(({ path, text }) => ({ path, text })), sourceHash });
  }
  return kept;
}

/** What was executed of a source that was kept, with its texts. */
export function recallCoverage(
  { report }: Watched,
  source: KeptSource | undefined,
): Pick<SweepEntry, 'coverage'> {
  if (!source || !report?.covered) return {};
  const textOf = new Map(source.texts.map(({ path, text }) => [path, text]));
  const sources = report.covered.flatMap((lines) => {
    const text = textOf.get(lines.path);
    return text === undefined ? [] : [{ ...lines, text }];
  });
  return { coverage: { sources, sourceHash: source.sourceHash } };
}
