import { nameOfCause } from '../../core/trace/causes.ts';
import type { Side } from '../../core/trace/compare/stretches.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { findingOf } from './cursor.ts';
import { nameOfFork } from './forks.ts';
import { isShrunk, originalOf, parentOf, settingsOf } from './lineage.ts';
import { type RunEntry } from './model.ts';
import { titleOf } from './names.ts';

/** How a run came from another one, or the other one from it. */
export type Relation = 'parent' | 'original' | 'before' | 'after' | 'fork' | 'shrunk' | 'other';

/** The name of a run among others: what it does otherwise, what it was shrunk to, or its machine. */
export function nameOfRun(run: RunEntry): string {
  const fork = nameOfFork(run);
  if (fork !== undefined) return fork;
  if (!isShrunk(run)) return titleOf(run);
  const steps = run.trace ? `, shrunk to ${formatPlural(run.trace.length, 'step')}` : '';
  return causeOfShrunk(run) + steps;
}

/** The cause that a run was shrunk to, as soon as it is known. */
export function causeOfShrunk({ trace, status }: RunEntry): string {
  const signature = trace?.header.shrunkFrom?.signature;
  if (signature === undefined) return status === 'running' ? 'Shrinking' : 'Shrunk run';
  return (trace && findingOf(trace, signature)?.name) ?? nameOfCause(signature);
}

/** What two runs beside each other are called: as which side of a change they are, or by their names. */
export function namesOfPair(
  { run, other }: { readonly run: RunEntry; readonly other: RunEntry },
  runs: readonly RunEntry[],
): Readonly<Record<Side, string>> {
  const [before, after] = ['Before the change', 'After the change'];
  const relation = relationOf(run, other, runs);
  if (relation === 'before') return { a: before, b: after };
  if (relation === 'after') return { a: after, b: before };
  return { a: nameOfRun(other), b: nameOfRun(run) };
}

/** The settings of a run on one line. */
export function settingsInWords(run: RunEntry): string {
  const settings = settingsOf(run);
  if (!settings) return 'trace file';
  const { seed, scenario, operationsMax, faults } = settings;
  const parts = [`seed ${seed}`, scenario, formatCount(operationsMax)];
  return [...parts, ...(faults === 'none' ? [] : [faults])].join(' · ');
}

/** How another run is related to a run. */
export function relationOf(run: RunEntry, other: RunEntry, runs: readonly RunEntry[]): Relation {
  if (parentOf(run, runs)?.id === other.id) return 'parent';
  if (parentOf(other, runs)?.id === run.id) return 'fork';
  if (run.change?.beforeId === other.id) return 'before';
  if (other.change?.beforeId === run.id) return 'after';
  if (isShrunk(run) && originalOf(run, runs)?.id === other.id) return 'original';
  if (isShrunk(other) && originalOf(other, runs)?.id === run.id) return 'shrunk';
  return 'other';
}

/** The run that a run is most likely to be compared with: what it came from. */
export function originOf(run: RunEntry, runs: readonly RunEntry[]): RunEntry | undefined {
  const origins: readonly Relation[] = ['parent', 'original', 'before'];
  return runs.find(
    (other) => other.id !== run.id && origins.includes(relationOf(run, other, runs)),
  );
}
