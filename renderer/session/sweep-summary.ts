import type { SweepRunProgress } from '../../core/contract/tasks.ts';
import { causesOfSweep, type SweepCause } from '../../core/sweep/causes.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import type { SweepEntry } from './model.ts';
import { describeSeeds } from './sweep-settings.ts';

/** The progress of a sweep, or its result. */
export interface SweepSummary extends SweepRunProgress {
  readonly causes: readonly SweepCause[];
  /** From 0 to 1. */
  readonly fraction: number;
}

const NOTHING: SweepRunProgress = {
  elapsedMs: 0,
  seeds: 0,
  steps: 0,
  stepsPerSecond: 0,
  groups: [],
  unfinished: 0,
  broken: [],
  brokenMore: 0,
};

/** Sums up a sweep from its report, or else from its latest progress. */
export function summaryOf({
  report,
  progress = NOTHING,
  settings,
  status,
}: SweepEntry): SweepSummary {
  const { count, timeBudgetMs } = settings;
  const latest = report
    ? {
        elapsedMs: report.seconds * 1_000,
        seeds: report.seeds,
        steps: report.steps,
        stepsPerSecond: report.stepsPerSecond,
        groups: report.groups,
        unfinished: report.unfinished,
        broken: report.broken,
        brokenMore: report.brokenMore,
      }
    : progress;
  const done = count === undefined ? latest.elapsedMs / (timeBudgetMs ?? 1) : latest.seeds / count;
  return {
    ...latest,
    causes: causesOfSweep(latest.groups),
    ...(count === undefined ? {} : { seedsMax: count }),
    fraction: status === 'completed' ? 1 : Math.min(1, done),
  };
}

/** The findings in a few words: `5 causes`, `2 broken seeds`, `no findings`. */
export function describeFound({ causes, broken, brokenMore }: SweepSummary): string {
  const brokenSeeds = broken.length + brokenMore;
  const parts = [
    ...(causes.length > 0 ? [formatPlural(causes.length, 'cause')] : []),
    ...(brokenSeeds > 0 ? [formatPlural(brokenSeeds, 'broken seed')] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/**
 * What is to be known about the number of causes: `before shrinking` as long as more will be shrunk, or `from 13 before
 * shrinking` when it was another number then; nothing when shrinking changed nothing.
 */
export function describeShrinking(
  { status, settings }: SweepEntry,
  { causes, groups }: SweepSummary,
): string | undefined {
  if (causes.length === 0 || settings.mend) return undefined;
  if (status === 'running') return 'before shrinking';
  return groups.length === causes.length
    ? undefined
    : `from ${formatCount(groups.length)} before shrinking`;
}

/** The sweep in one line: `mixed · 500 operations · chaos · seeds 0 to 199`. */
export function describeSweep({ settings }: SweepEntry): string {
  const { scenario, operationsMax, faults } = settings;
  return [
    scenario,
    `${formatCount(operationsMax)} operations`,
    faults === 'none' ? 'no faults' : faults,
    describeSeeds(settings),
  ].join(' · ');
}
