import { z } from 'zod';
import type { Coverage } from '../../core/contract/coverage.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import type { SweepEntry } from './model.ts';

/*
 * Which lines the steps of a run or the seeds of a sweep executed comes back with the session, beside the source as it
 * was then. Of a sweep, the lines are in the report; only the texts are added.
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

/** Those of some sources that are kept: the first ones, while there is room. */
export function coveragesToKeep(coverages: readonly Coverage[]): ReadonlySet<Coverage> {
  const kept = new Set<Coverage>();
  let room = SOURCE_CHARS_KEPT_MAX;
  for (const coverage of new Set(coverages)) {
    room -= coverage.sources.reduce((sum, { text }) => sum + text.length, 0);
    if (room < 0) break;
    kept.add(coverage);
  }
  return kept;
}

/** What is kept of the source of a sweep, whose lines are in its report. */
export function sourceToKeep({ coverage, report }: Watched): KeptSource | undefined {
  if (!coverage || !report?.covered) return undefined;
  const { sources, sourceHash } = coverage;
  return { texts: sources.map(({ path, text }) => ({ path, text })), sourceHash };
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
