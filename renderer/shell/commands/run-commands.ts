import { changeAskDraft } from '../../session/asked-runs.ts';
import { executeBesideRecorded, isExecutable } from '../../session/executing-again.ts';
import { askMended, isMendable } from '../../session/mended.ts';
import type { RunEntry } from '../../session/model.ts';
import { cancelPage, isSavingPage } from '../../session/page-saving.ts';
import { toggleRunOnSave } from '../../session/reruns.ts';
import { cancelRun, startRun } from '../../session/running.ts';
import { readSettings } from '../../session/settings.ts';
import { findingToShrink, shrinkTo } from '../../session/shrinks.ts';
import {
  selectCursor,
  selectMachine,
  selectRun,
  selectSweep,
  session,
} from '../../session/store.ts';
import { cancelSweep, canSweep } from '../../session/tasks/sweep.ts';
import { isVerifiable, verifyTrace } from '../../session/tasks/verify.ts';
import { ui } from '../ui-store.ts';
import { always, currentRun, focus, withFound, type Behaviours } from './behaviour.ts';

/** What executes a machine or asks something of runs, and what stops that. */
export const RUN_COMMANDS = {
  run: { isEnabled: canRun, run: () => void startRun() },
  sweep: {
    isEnabled: () => canSweep(session.getState()),
    run: () => ui.setState({ dialog: 'sweep' }),
  },
  shrink: withFound(currentFinding, shrinkTo),
  cancel: {
    isEnabled: () => isBusy(currentRun()) || currentSweep()?.status === 'running' || isSavingPage(),
    run: () => {
      const run = currentRun();
      if (run) void cancelRun(run);
      const sweep = currentSweep();
      if (sweep) cancelSweep(sweep);
      cancelPage();
    },
  },
  verify: { isEnabled: canVerify, run: () => void verifyTrace() },
  executeBeside: withFound(
    () => {
      const run = currentRun();
      return run && isExecutable(run) ? run : undefined;
    },
    (run) => void executeBesideRecorded(run),
  ),
  mended: withFound(
    () => {
      const run = currentRun();
      return run && isMendable(run) ? run : undefined;
    },
    (run) => void askMended(run),
  ),
  askRuns: always(() => {
    // Beside a sweep, its seeds are meant.
    if (currentSweep()) changeAskDraft({ scope: 'seeds' });
    ui.setState({ dialog: 'ask' });
  }),
  toggleRunOnSave: always(toggleRunOnSave),
  settings: always(() => focus('[aria-label="Seed"]')),
} satisfies Behaviours;

function currentSweep() {
  return selectSweep(session.getState());
}

/** Runs while a run goes on are refused by the toolbar as well, so that its button can say why. */
function canRun(): boolean {
  const state = session.getState();
  return (
    selectMachine(state)?.info !== undefined &&
    selectRun(state)?.status !== 'running' &&
    readSettings(state.settings).kind === 'ok'
  );
}

function canVerify(): boolean {
  const run = currentRun();
  return run !== undefined && isVerifiable(run) && !isBusy(run);
}

function isBusy(run: RunEntry | undefined): boolean {
  return (
    run?.status === 'running' ||
    run?.verification?.kind === 'running' ||
    run?.explanation?.status === 'running'
  );
}

/** The finding that the run on the screen can be shrunk to. */
function currentFinding() {
  const state = session.getState();
  const run = selectRun(state);
  return run && findingToShrink(run, selectCursor(state, run.id));
}
