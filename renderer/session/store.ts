import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { createStore } from 'zustand/vanilla';
import type { Launch, Recent } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';
import {
  isOfEarlierSource,
  isSweepOfEarlierSource,
  type Cursor,
  type MachineEntry,
  type OpenTask,
  type RunEntry,
  type SweepEntry,
} from './model.ts';
import { SETTINGS_DEFAULT, type SettingsDraft } from './settings.ts';
import { SWEEP_DRAFT_DEFAULT, type SweepDraft } from './sweep-settings.ts';

/** A problem that has not been dismissed. */
export interface ShownProblem {
  readonly id: number;
  readonly problem: Problem;
  /** The id of the machine, run or sweep that it is about. */
  readonly about?: string;
}

/** Asks for the file of a machine. */
export interface MachineQuestion {
  /** As the trace names it. */
  readonly name: string;
  /** Called with the path of the file, or with nothing if the user cancels. */
  readonly answer: (path: string | undefined) => void;
}

/** A run that is being repeated. */
export interface Rerun {
  /** The new run, until it is shown instead of the one before. */
  readonly arriving?: { readonly id: string; readonly beforeId: string } | undefined;
  /** A run of the previous source that is still under way, and is repeated as soon as it is over. */
  readonly awaitedId?: string | undefined;
}

/** Everything that is open. The screen follows from this. */
export interface Session {
  /** Whether this is a saved page: there is one run, and no program behind it that could do more. */
  readonly isPage: boolean;
  readonly isStarted: boolean;
  readonly samples: readonly { readonly name: string; readonly description: string }[];
  /** A failing seed of a sample, which newcomers see first. */
  readonly demo: Launch | undefined;
  /** The sample story, as a talk. */
  readonly story: Launch | undefined;
  readonly recents: readonly Recent[];
  readonly versions: Readonly<Record<string, string>>;
  readonly machines: readonly MachineEntry[];
  /** The machine that the toolbar is set to. */
  readonly machineId: string | undefined;
  /** The settings of the toolbar, as typed. */
  readonly settings: SettingsDraft;
  /** The settings of the sweep form, as typed. */
  readonly sweepDraft: SweepDraft;
  /** The latest first. */
  readonly runs: readonly RunEntry[];
  /** By run id. A run without an entry is at its start. */
  readonly cursors: Readonly<Record<string, Cursor>>;
  /** The run that was shown last. */
  readonly runId: string | undefined;
  /** The latest first. */
  readonly sweeps: readonly SweepEntry[];
  /** The sweep that was shown last. */
  readonly sweepId: string | undefined;
  /** The tasks under way, for runs and sweeps. */
  readonly tasks: readonly OpenTask[];
  /** Which of the two is on the screen. */
  readonly shown: 'run' | 'sweep';
  /** Whether the run on the screen is run again when its source is saved. */
  readonly isRunOnSave: boolean;
  /** The runs that are repeated because their source was saved. */
  readonly rerun: Rerun;
  /** The question for the file of a trace's machine. */
  readonly machineQuestion: MachineQuestion | undefined;
  readonly problems: readonly ShownProblem[];
  /** The number of problems so far, which is the id of the next one. */
  readonly problemsEver: number;
  /** The latest event, for the status line. */
  readonly notice: string | undefined;
}

export const session = createStore<Session>(() => ({
  isPage: false,
  isStarted: false,
  samples: [],
  demo: undefined,
  story: undefined,
  recents: [],
  versions: {},
  machines: [],
  machineId: undefined,
  settings: SETTINGS_DEFAULT,
  sweepDraft: SWEEP_DRAFT_DEFAULT,
  runs: [],
  cursors: {},
  runId: undefined,
  sweeps: [],
  sweepId: undefined,
  tasks: [],
  shown: 'run',
  isRunOnSave: true,
  rerun: {},
  machineQuestion: undefined,
  problems: [],
  problemsEver: 0,
  notice: undefined,
}));

/** Reads from the session in a component. */
export function useSession<Selected>(select: (state: Session) => Selected): Selected {
  return useStore(session, select);
}

/** The run on the screen. */
export function selectRun({ runs, runId, shown }: Session): RunEntry | undefined {
  return shown === 'run' ? runs.find(({ id }) => id === runId) : undefined;
}

/** Whether a run was made with an older source of its machine, in a component. */
export function useIsEarlier(run: RunEntry | undefined): boolean {
  return useSession(({ machines }) => run !== undefined && isOfEarlierSource(run, machines));
}

/** Whether a sweep ended with an older source of its machine, in a component. */
export function useIsSweepEarlier(sweep: SweepEntry | undefined): boolean {
  return useSession(
    ({ machines }) => sweep !== undefined && isSweepOfEarlierSource(sweep, machines),
  );
}

const CURSOR_AT_START: Cursor = { stepIndex: -1, isTouched: false };

/** The cursor of a run. */
export function selectCursor({ cursors }: Session, runId: string): Cursor {
  return cursors[runId] ?? CURSOR_AT_START;
}

/** A run with its cursor. */
export interface ShownRun {
  readonly run: RunEntry;
  readonly cursor: Cursor;
}

/** The run on the screen with its cursor, for components that show both at the same moment. */
export function useShownRun(): ShownRun | undefined {
  return useStore(
    session,
    useShallow((state: Session) => {
      const run = selectRun(state);
      return run && { run, cursor: selectCursor(state, run.id) };
    }),
  );
}

/** The step under the cursor of a run; -1 is the initial state. */
export function useCursor(runId: string): number {
  return useSession((state) => selectCursor(state, runId).stepIndex);
}

/** The sweep on the screen. */
export function selectSweep({ sweeps, sweepId, shown }: Session): SweepEntry | undefined {
  return shown === 'sweep' ? sweeps.find(({ id }) => id === sweepId) : undefined;
}

/** The machine that the toolbar is set to. */
export function selectMachine({ machines, machineId }: Session): MachineEntry | undefined {
  return machines.find(({ id }) => id === machineId);
}

/** The run with an id, if it is still there. */
export function findRun(id: string): RunEntry | undefined {
  return session.getState().runs.find((run) => run.id === id);
}

/** Changes one run, if it is still there. */
export function updateRun(id: string, change: (run: RunEntry) => RunEntry): void {
  session.setState(({ runs }) => ({
    runs: runs.map((run) => (run.id === id ? change(run) : run)),
  }));
}

/** Takes runs off the list, with their cursors. */
export function removeRuns(ids: readonly string[]): void {
  session.setState(({ runs, cursors, problems }) => ({
    runs: runs.filter(({ id }) => !ids.includes(id)),
    cursors: Object.fromEntries(Object.entries(cursors).filter(([id]) => !ids.includes(id))),
    problems: problems.filter(({ about }) => about === undefined || !ids.includes(about)),
  }));
}

/** Changes one sweep, if it is still there. */
export function updateSweep(id: string, change: (sweep: SweepEntry) => SweepEntry): void {
  session.setState(({ sweeps }) => ({
    sweeps: sweeps.map((sweep) => (sweep.id === id ? change(sweep) : sweep)),
  }));
}

/** Changes one machine, if it is still there. */
export function updateMachine(id: string, change: (machine: MachineEntry) => MachineEntry): void {
  session.setState(({ machines }) => ({
    machines: machines.map((machine) => (machine.id === id ? change(machine) : machine)),
  }));
}
