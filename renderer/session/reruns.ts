import type { ApiEvent, MachineInfo } from '../../core/contract/window.ts';
import { toProblem } from '../../core/problem.ts';
import { comparisonAt } from '../../core/trace/compare/compare.ts';
import { compareRerun } from '../../core/trace/compare/rerun.ts';
import { whenLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { sourceOf } from './asking.ts';
import { closeRun } from './closing.ts';
import { updateMachineInfo } from './machines.ts';
import {
  isSameMachine,
  machineOf,
  type MachineEntry,
  type MachineOrigin,
  type RunEntry,
} from './model.ts';
import { machineNameOf } from './names.ts';
import { isNoted } from './notes.ts';
import { showNotice, showProblem, withdrawProblems } from './notices.ts';
import { executeAgain, executeInPlace, fetchRun, forgetRuns, showAt } from './running.ts';
import { isKnownScenario } from './settings.ts';
import {
  findRun,
  selectCursor,
  selectRun,
  session,
  updateMachine,
  updateRun,
  type Rerun,
  type Session,
} from './store.ts';
import { rerunWithSaved, setWithSaved } from './tasks/rerun.ts';

/**
 * When the source of a machine is saved, the run on the screen is made again: the same scenario,
 * seed, length and faults on the new source; of a shrunk run and of a fork, the same operations. The new run
 * is shown as soon as it has reached the step under the cursor; the run before the change stays in the list,
 * and the two are compared. All other shrunk runs and forks of the machine are executed again as well, and what
 * becomes of their findings is kept beside them.
 */

type Saved = Extract<ApiEvent, { kind: 'machineSaved' }>['saved'];

/** Handles a save of the source of a machine. */
export function takeSaved(machineId: string, saved: Saved): void {
  const machine = session.getState().machines.find(({ id }) => id === machineId);
  if (!machine) return;
  withdrawProblems(machineId);
  updateMachine(machineId, ({ isLoadingSaved: _, ...one }) => one);
  if (saved.kind === 'broken') {
    updateMachine(machineId, (one) => ({ ...one, saveProblem: saved.problem }));
    showNotice('Saved: the new source could not be loaded');
    return;
  }
  takeGood(machine, saved.info);
  const run = selectRun(session.getState());
  if (run && isOf(run, machine)) takeChange(run, saved.info);
  else showNotice(`${machineNameOf(machine.ref)} was loaded again`);
  rerunMade(machine, saved.info);
}

/** Executes again what was made of runs of a machine: shrunk runs, and forks. */
function rerunMade(machine: MachineEntry, info: MachineInfo): void {
  const { runs, isRunOnSave } = session.getState();
  // What is known of this very source stays, such as when a file was away and is back as it was.
  const isKnown = ({ withSaved }: RunEntry) =>
    withSaved?.kind === 'ended' && withSaved.sourceHash === info.sourceHash;
  const own = runs.filter((run) => isOf(run, machine) && !isKnown(run));
  for (const { id } of own) setWithSaved(id, undefined);
  const isOutdated = ({ origin, trace, left, status }: RunEntry) =>
    (origin.kind === 'shrunk' || origin.kind === 'fork') &&
    status !== 'running' &&
    (trace ? trace.header.sourceHash !== info.sourceHash : left !== undefined);
  void rerunWithSaved(machine, isRunOnSave ? own.filter(isOutdated) : []);
}

/** Handles a save of a source that loads: problems of the previous source are solved. */
function takeGood(machine: MachineEntry, info: MachineInfo): void {
  updateMachine(machine.id, ({ saveProblem: _, openProblem: __, ...one }) => ({
    ...one,
    status: 'open',
  }));
  updateMachineInfo(machine.id, info);
}

function isOf(run: RunEntry, { ref }: MachineEntry): boolean {
  const own = machineOf(run.origin);
  return own !== undefined && isSameMachine(own, ref);
}

/** Repeats the run on the screen, or says why it cannot be repeated. */
function takeChange(run: RunEntry, info: MachineInfo): void {
  updateRun(run.id, ({ notRerun: _, ...one }) => one);
  const before = dropStale(run);
  const isSame = before.trace?.header.sourceHash === info.sourceHash;
  if (isSame && before.id === run.id) {
    showNotice('Saved: the machine is the same as before');
    return;
  }
  const { stepIndex } = selectCursor(session.getState(), run.id);
  if (isSame) showAt(before.id, { stepIndex });
  else if (session.getState().isRunOnSave) runAgain(before, stepIndex, info);
  else showNotice('Saved: press Run to run it with the new source');
}

/**
 * Drops a run of an earlier save that is still under way, and returns the run to compare with the
 * newest source: the one before it.
 */
function dropStale(run: RunEntry): RunEntry {
  const { runs, rerun } = session.getState();
  const coming = runs.find(({ id }) => id === rerun.arriving?.id);
  setRerun({ arriving: undefined });
  if (coming) forgetRuns([coming]);
  const before = runs.find(({ id }) => id === run.change?.beforeId);
  if (run.status !== 'running' || !run.isRerun || !before) return run;
  session.setState({ runId: before.id });
  forgetRuns([run]);
  return before;
}

function setRerun(change: Rerun): void {
  session.setState(({ rerun }) => ({ rerun: { ...rerun, ...change } }));
}

function runAgain(before: RunEntry, stepIndex: number, info: MachineInfo): void {
  const { origin } = before;
  const hindrance = hindranceOf(before, info);
  if (hindrance !== undefined) return setNotRerun(before.id, hindrance);
  if (origin.kind === 'file') return;
  if (before.status === 'running') {
    setRerun({ awaitedId: before.id });
    showNotice('Saved: it is run again when this run is over');
    return;
  }
  if (!before.trace) {
    executeInPlace(before.id, origin);
    return;
  }
  showNotice('Saved: running again…');
  executeBeside(before, origin, stepIndex);
}

/**
 * Shows a run with the source that was saved last: the one that was made with it, or a new one as soon as that has
 * reached the step under the cursor.
 */
export function showWithSaved({ id, origin, trace }: RunEntry): void {
  const state = session.getState();
  const { stepIndex } = selectCursor(state, id);
  const made = state.runs.find(({ change }) => change?.beforeId === id);
  const before = findRun(id);
  if (made) showAt(made.id, { stepIndex });
  else if (before && trace && origin.kind !== 'file') executeBeside(before, origin, stepIndex);
}

/** Says that a run is not run again: why stands over it. */
function setNotRerun(runId: string, notRerun: string): void {
  updateRun(runId, (run) => ({ ...run, notRerun }));
  showNotice('Saved: this run was not run again');
}

/** Executes a run again, to be shown in the place of the one before. */
function executeBeside(before: RunEntry, origin: MachineOrigin, stepIndex: number): void {
  const viewKey = before.viewKey ?? before.trace?.header ?? {};
  const id = executeAgain(origin, {
    change: { beforeId: before.id, stepIndex },
    viewKey,
    ...(origin.kind === 'machine' ? {} : { remakes: remadeBy(before) }),
  });
  setRerun({ arriving: { id, beforeId: before.id } });
}

/** The run whose operations are executed: the first one, since a repetition may have left some out. */
function remadeBy({ id, remakes }: RunEntry): string {
  return remakes !== undefined && findRun(remakes) ? remakes : id;
}

/** Why a run cannot be repeated with a new source. */
function hindranceOf({ origin }: RunEntry, info: MachineInfo): string | undefined {
  if (origin.kind === 'file') return 'it was read from a file';
  // A shrunk run and a fork have no seed: their operations are executed again instead.
  if (origin.kind !== 'machine') return undefined;
  const { scenario, faults } = origin.settings;
  if (!isKnownScenario(info, origin.settings)) {
    return `the scenario "${scenario}" is gone`;
  }
  const isKnown = info.faultProfiles.some(({ name }) => name === faults);
  return isKnown ? undefined : `the fault profile "${faults}" is gone`;
}

/** Shows and compares repeated runs, until the returned function is called. */
export function followReruns(): () => void {
  return session.subscribe((now, before) => {
    if (now.runs === before.runs) return;
    followAwaited(session.getState());
    followArriving(session.getState());
    followCompared();
  });
}

/** Repeats a run of the previous source as soon as it is over. */
function followAwaited({ runs, machines, runId, rerun: { awaitedId } }: Session): void {
  const run = runs.find(({ id }) => id === awaitedId);
  if (awaitedId === undefined || run?.status === 'running') return;
  setRerun({ awaitedId: undefined });
  if (run?.id !== runId) return;
  const info = run && machines.find((one) => isOf(run, one))?.info;
  if (info) takeChange(run, info);
}

/** Shows the new run as soon as it has reached the step under the cursor of the old one. */
function followArriving(state: Session): void {
  const { arriving } = state.rerun;
  const run = state.runs.find(({ id }) => id === arriving?.id);
  const before = state.runs.find(({ id }) => id === arriving?.beforeId);
  if (!run || !before) return;
  const { stepIndex } = selectCursor(state, before.id);
  const isThere = (run.trace?.length ?? 0) > stepIndex;
  if (run.status === 'running' && !isThere) return;
  setRerun({ arriving: undefined });
  if (!run.trace) {
    setNotRerun(before.id, run.problem?.title ?? 'it ended before its first step');
    closeRun(run);
    return;
  }
  supersede(before);
  updateRun(run.id, (one) => (one.change ? { ...one, change: { ...one.change, stepIndex } } : one));
  if (selectRun(state)?.id !== before.id) return;
  showAt(run.id, { stepIndex });
  showNotice(describeArrival(run, stepIndex));
}

function describeArrival(run: RunEntry, stepIndex: number): string {
  const last = (run.trace?.length ?? 0) - 1;
  if (stepIndex <= last) return `Run again, at ${formatStepIndex(stepIndex)} as before`;
  return `Run again: it has only ${formatPlural(last + 1, 'step')} now, and is shown at its last one`;
}

/** Compares the run before with the new one from now on, and drops the run before both. */
function supersede(before: RunEntry): void {
  const older = session.getState().runs.find(({ id }) => id === before.change?.beforeId);
  updateRun(before.id, ({ change: _, notRerun: __, ...one }) => one);
  if (older?.isRerun && !isNoted(older)) forgetRuns([older]);
}

/** The comparisons under way, by the id of the newer run. */
const comparing = new Set<string>();

/** Compares runs that have ended; after a restart, that on the screen with the one before, which is read for it. */
function followCompared(): void {
  const { runs, runId } = session.getState();
  for (const { id, change, trace, status } of runs) {
    if (!change || change.comparison || status === 'running' || !trace) continue;
    const before = runs.find((one) => one.id === change.beforeId);
    if (before?.status === 'waiting' && id === runId) void fetchRun(before.id);
    if (!before?.trace || comparing.has(id)) continue;
    comparing.add(id);
    void compare(id, before.trace, trace, change.beforeId).finally(() => comparing.delete(id));
  }
}

async function compare(id: string, before: Trace, after: Trace, beforeId: string): Promise<void> {
  try {
    const place = await sourceOf(after).ask({ kind: 'firstDifference', beforeId });
    const both = {
      load: async (steps: readonly number[]) => {
        await Promise.all([before.load(steps), after.load(steps)]);
      },
    };
    const comparison = await whenLoaded(both, () => comparisonAt(before, after, place));
    updateRun(id, (run) =>
      run.change?.beforeId === beforeId ? { ...run, change: { ...run.change, comparison } } : run,
    );
    if (findRun(beforeId)?.origin.kind === 'machine') {
      const rerun = compareRerun(before.findings, after.findings, 0);
      const { sourceHash } = after.header;
      const source = sourceHash === undefined ? {} : { sourceHash };
      setWithSaved(beforeId, { kind: 'ended', rerun, ...source });
    }
  } catch (error) {
    showProblem(toProblem(error, 'The two runs cannot be compared'), id);
  }
}

/** Turns running again on save on or off. */
export function toggleRunOnSave(): void {
  const isRunOnSave = !session.getState().isRunOnSave;
  session.setState({ isRunOnSave });
  showNotice(`Run again on save is ${isRunOnSave ? 'on' : 'off'}`);
}
