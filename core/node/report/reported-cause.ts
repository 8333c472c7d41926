import {
  causesOfSweep,
  describeGrouping,
  exampleOf,
  groupedBy,
  otherwayOf,
  seedsOf,
  type SweepCause,
  type Symptom,
} from '../../sweep/causes.ts';
import { distinctionsOf } from '../../sweep/distinctions.ts';
import { describeWithout, type MinimalRun } from '../../sweep/minimal-run.ts';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { formatPlural } from '../../text/quantities.ts';
import { placeOf, withAdvice } from '../../trace/words/finding-facts.ts';
import { commandOfMinimal, commandOfSeed } from './reproduce.ts';

/** A minimal run in short. */
type ReportedRun = Pick<MinimalRun, 'steps' | 'sentences' | 'without'>;

/** A cause as every report of a sweep shows it. */
export interface ReportedCause {
  /** What it breaks first. */
  readonly example: SweepGroup;
  /** What distinguishes it from causes that break the same at the same kind of step, see {@link distinctionsOf}. */
  readonly distinction?: string;
  /** The number of seeds in which it was found, at least. */
  readonly seeds: number;
  /** What else it breaks. */
  readonly also: readonly SweepGroup[];
  /** The steps of its minimal run, and why that fails, in sentences; absent when it was not shrunk. */
  readonly minimal?: ReportedRun;
  /** Another way to it, without the fault that the minimal run needs, with the command that makes that run. */
  readonly otherway?: ReportedRun & { readonly command: string };
  readonly groupedBy: ReturnType<typeof groupedBy>;
  /** What must be known about the number of its seeds, see {@link describeGrouping}. */
  readonly grouping: string | undefined;
  /** The command that makes its minimal run, or records its example again. */
  readonly command: string;
}

/** The causes of what a sweep found, as its reports tell them. */
export function reportedCauses(report: SweepReport): readonly ReportedCause[] {
  const causes = causesOfSweep(report.groups);
  const distinctions = distinctionsOf(causes);
  return causes.map((cause) => {
    const distinction = distinctions.get(cause.id);
    return {
      ...reportedCause(report, cause),
      ...(distinction === undefined ? {} : { distinction }),
    };
  });
}

function reportedCause(report: SweepReport, cause: SweepCause): ReportedCause {
  const [first, ...others] = cause.symptoms;
  const { group, minimal } = first;
  const also = new Set(others.map((symptom) => symptom.group));
  also.delete(group);
  const reported = {
    also: [...also],
    seeds: seedsOf(cause),
    groupedBy: groupedBy(cause),
    grouping: describeGrouping(cause),
  };
  if (!minimal) return { ...reported, example: group, command: commandOfSeed(report, group.seed) };
  const { steps, sentences } = minimal;
  // A group of several causes has an example for each.
  const example = exampleOf(first);
  return {
    ...reported,
    example,
    minimal: { steps, sentences },
    ...reportedOtherway(report, first),
    command: commandOfMinimal(report, example),
  };
}

function reportedOtherway(report: SweepReport, symptom: Symptom): Pick<ReportedCause, 'otherway'> {
  const otherway = otherwayOf(symptom);
  if (!otherway) return {};
  const { seed, steps, sentences, without = [] } = otherway;
  const command = commandOfMinimal(report, { ...symptom.group, seed }, without);
  return { otherway: { steps, sentences, without, command } };
}

/** A cause as JSON. */
export function causeAsJson(cause: ReportedCause): object {
  const { example, distinction, seeds, also, minimal, otherway, command } = cause;
  const { minima: _, failing: __, ...facts } = withAdvice(example);
  return {
    ...facts,
    ...(distinction === undefined ? {} : { distinction }),
    count: seeds,
    groupedBy: cause.groupedBy,
    alsoBreaks: also.map(({ kind, name, shape, count, seed, stepIndex }) => {
      return { kind, name, shape, count, seed, stepIndex };
    }),
    ...(minimal ? { minimalSteps: minimal.steps, explanation: minimal.sentences } : {}),
    ...(otherway ? { otherway } : {}),
    command,
  };
}

/** What else a cause breaks, one requirement a line. */
export function alsoLines({ also }: ReportedCause): readonly string[] {
  return also.map(
    ({ kind, name, shape, count, seed, stepIndex }) =>
      `${kind}: ${name} (${shape}), in ${formatPlural(count, 'seed')}, such as ${seed}, ${placeOf(stepIndex)}`,
  );
}

/** The kind of step at which a cause breaks something, with what distinguishes it from others: "completion Success, with crash". */
export function shapeOfCause({ example: { shape }, distinction }: ReportedCause): string {
  return distinction === undefined ? shape : `${shape}, ${distinction}`;
}

/** The heading of the sentences about a minimal run. */
export function minimalTitle({
  steps,
  ...minimal
}: Pick<ReportedRun, 'steps' | 'without'>): string {
  const way = minimal.without ? 'another way: ' : '';
  return `${way}minimal run of ${formatPlural(steps, 'step')}${describeWithout(minimal)}`;
}
