import { z } from 'zod';
import { causeWithoutPlace, signatureOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import { formatCount } from '../../text/quantities.ts';
import { count } from '../format/codecs.ts';
import { compareCauses } from './compare.ts';

const step = z.number().int().min(-1);

/** What became of the findings of a run whose operations were executed again on another source. */
export const rerunSchema = z.object({
  /** Steps of the run that no longer take place, such as the result of an action that is not sent any more. */
  leftOut: count,
  /** The causes that the run had. */
  causes: z.array(
    z.object({
      /** The cause, without its place in the source. */
      cause: z.string(),
      name: z.string(),
      /** The first step that had it, and that has it now; without the latter, it is gone. */
      before: step,
      now: step.exactOptional(),
      /** Whether the run was shrunk to it. */
      isSought: z.literal(true).exactOptional(),
    }),
  ),
  /** Causes that the run did not have. */
  added: z.array(z.object({ name: z.string(), stepIndex: step })),
});
export type Rerun = Readonly<z.output<typeof rerunSchema>>;
type RerunCause = Rerun['causes'][number];

/**
 * Compares the findings of a run with those that it has when its operations are executed again.
 *
 * @param now with the steps of the run itself; of other steps, those that come before them.
 * @param sought the signature that the run was shrunk to, if it was.
 */
export function compareRerun(
  before: readonly Finding[],
  now: readonly Finding[],
  leftOut: number,
  sought?: string,
): Rerun {
  const soughtCause = sought === undefined ? undefined : causeWithoutPlace(sought);
  const compared = compareCauses(before, now);
  const causes = compared.flatMap(({ finding, before: was, after }): RerunCause[] => {
    if (!was) return [];
    const cause = causeWithoutPlace(signatureOf(finding));
    return [
      {
        cause,
        name: finding.name,
        before: was.stepIndex,
        ...(after ? { now: after.stepIndex } : {}),
        ...(cause === soughtCause ? { isSought: true } : {}),
      },
    ];
  });
  const added = compared.flatMap(({ finding, before: was, after }) =>
    was || !after ? [] : [{ name: finding.name, stepIndex: after.stepIndex }],
  );
  return { leftOut, causes, added };
}

/** What became of a finding of the run, if that is known. */
export function fateOf({ causes }: Rerun, finding: Finding): RerunCause | undefined {
  const cause = causeWithoutPlace(signatureOf(finding));
  return causes.find((one) => one.cause === cause);
}

/** Whether what was looked for is gone: the cause that the run was shrunk to, or all that it had. */
export function isGone({ causes, added }: Rerun): boolean {
  const sought = causes.filter(({ isSought }) => isSought);
  const looked = sought.length > 0 ? sought : causes;
  return looked.length > 0 && looked.every(({ now }) => now === undefined) && added.length === 0;
}

/** What became of a run in a few words: "finding gone", "still there, at step 4", "finding gone, 1 new". */
export function describeRerun({ causes, added }: Rerun): string {
  const sought = causes.find(({ isSought }) => isSought);
  const others = causes.filter((one) => one !== sought && one.now !== undefined).length;
  const parts = sought
    ? [describeFate(sought), ...(others > 0 ? [`${formatCount(others)} more there`] : [])]
    : describeAll(causes);
  const news = added.length > 0 ? [`${formatCount(added.length)} new`] : [];
  const all = [...parts, ...news];
  return all.length > 0 ? all.join(', ') : 'no findings, as before';
}

/** What became of one cause. */
export function describeFate({ before, now }: Pick<RerunCause, 'before' | 'now'>): string {
  if (now === undefined) return 'finding gone';
  return now === before ? 'still there' : `still there, ${placeWords(now)}`;
}

function placeWords(stepIndex: number): string {
  return stepIndex < 0 ? 'in the initial state' : `at step ${formatCount(stepIndex)}`;
}

function describeAll(causes: readonly RerunCause[]): readonly string[] {
  const [only] = causes;
  if (!only) return [];
  if (causes.length === 1) return [describeFate(only)];
  const gone = causes.filter(({ now }) => now === undefined).length;
  if (gone === causes.length) return ['all findings gone'];
  if (gone === 0) return [`${formatCount(causes.length)} causes still there`];
  return [`${formatCount(gone)} of ${formatCount(causes.length)} causes gone`];
}
