import { toProblem } from '../../core/problem.ts';
import { compareEnds, endOf } from '../../core/trace/compare/fork-outcome.ts';
import { formatFork, parseFork, type Fork } from '../../core/trace/format/fork.ts';
import { whenLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeFork } from '../../core/trace/words/fork-words.ts';
import { formatSentence } from '../../core/trace/words/sentences.ts';
import { settingsOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import { showProblem } from './notices.ts';
import { openRun } from './running.ts';
import { findRun, selectRun, session, updateRun } from './store.ts';
import { findMachineOf, isVerifiable } from './tasks/verify.ts';

/** Whether something in a run can be tried otherwise: a machine has executed it. */
export function isForkable(run: RunEntry | undefined): run is RunEntry {
  return run !== undefined && isVerifiable(run);
}

/** Forks a run, and shows the fork where it begins. The same fork is made only once. */
export async function forkRun(parent: RunEntry, fork: Fork, name?: string): Promise<void> {
  const machine = await findMachineOf(parent);
  const settings = settingsOf(parent);
  if (!machine || !settings) return;
  const origin = { kind: 'fork', machine, settings, parentId: parent.id } as const;
  const opening = openRun({ ...origin, fork: formatFork(fork) }, { stepIndex: fork.from });
  const opened = selectRun(session.getState());
  if (opened && name !== undefined) renameFork(opened.id, name);
  await opening;
}

/** Gives a fork another name; an empty one is the name of its change. */
export function renameFork(id: string, name: string): void {
  updateRun(id, ({ name: _, ...run }) =>
    name.trim() === '' ? run : { ...run, name: name.trim() },
  );
}

/** The name of a fork: its own, or what it does otherwise. */
export function nameOfFork({ origin, name }: RunEntry): string | undefined {
  if (origin.kind !== 'fork') return undefined;
  return name ?? formatSentence(describeFork(parseFork(origin.fork)));
}

/** Opens the nearest run that passes, beside the one that was explained. */
export function openNearest(run: RunEntry): void {
  const nearest = run.explanation?.explained?.nearest;
  if (nearest !== undefined) void forkRun(run, parseFork(nearest));
}

/** Compares forks with their parents as soon as both are over, until the returned function is called. */
export function followForks(): () => void {
  return session.subscribe((now, before) => {
    if (now.runs !== before.runs) compareForks(now.runs);
  });
}

/** The comparisons under way, by the id of the fork. */
const comparing = new Set<string>();

function compareForks(runs: readonly RunEntry[]): void {
  for (const { id, origin, trace, status, outcome, remakes } of runs) {
    if (origin.kind !== 'fork' || outcome || !trace || status === 'running') continue;
    // With another source, it is compared with the fork that it was.
    if (remakes !== undefined) continue;
    const parent = findRun(origin.parentId);
    if (!parent?.trace || parent.status === 'running' || comparing.has(id)) continue;
    comparing.add(id);
    void compare(id, parent.trace, trace).finally(() => comparing.delete(id));
  }
}

async function compare(id: string, parent: Trace, fork: Trace): Promise<void> {
  try {
    const ends = await Promise.all([parent, fork].map((one) => whenLoaded(one, () => endOf(one))));
    const [before, after] = ends;
    if (before && after) updateRun(id, (run) => ({ ...run, outcome: compareEnds(before, after) }));
  } catch (error) {
    showProblem(toProblem(error, 'The fork cannot be compared with its parent'), id);
  }
}
