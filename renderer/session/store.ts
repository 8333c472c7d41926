import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { createStore } from 'zustand/vanilla';
import type { Recent, RunSettings } from '../../core/api/contract.ts';
import type { Problem } from '../../core/problem.ts';
import type { Cursor, MachineEntry, OpenTask, RunEntry, SweepEntry } from './model.ts';
import { SETTINGS_DEFAULT, type SettingsDraft } from './settings.ts';
import { SWEEP_DRAFT_DEFAULT, type SweepDraft } from './sweep-settings.ts';

/** A problem that was not dismissed yet. */
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
  /** Takes the path of the file, or nothing when the person changed their mind. */
  readonly answer: (path: string | undefined) => void;
}

/** A run that is made again. */
export interface Rerun {
  /** The new run, until it is shown instead of the one before. */
  readonly arriving?: { readonly id: string; readonly beforeId: string } | undefined;
  /** A run of the source before that still goes on, and is made again as soon as it is over. */
  readonly awaitedId?: string | undefined;
}

/** Everything that is open. What the screen shows follows from this. */
export interface Session {
  readonly isStarted: boolean;
  readonly samples: readonly { readonly name: string; readonly description: string }[];
  /** A seed of a sample that fails: what a newcomer sees first. */
  readonly demo: { readonly sample: string; readonly settings: RunSettings } | undefined;
  readonly recents: readonly Recent[];
  readonly versions: Readonly<Record<string, string>>;
  readonly machines: readonly MachineEntry[];
  /** The machine that the toolbar is set to. */
  readonly machineId: string | undefined;
  /** What the toolbar is set to; the texts are as typed. */
  readonly settings: SettingsDraft;
  /** What the sweep form is set to; the texts are as typed. */
  readonly sweepDraft: SweepDraft;
  /** The latest first. */
  readonly runs: readonly RunEntry[];
  /** By run id. A run without an entry is at its start. */
  readonly cursors: Readonly<Record<string, Cursor>>;
  /** The run that was looked at last. */
  readonly runId: string | undefined;
  /** The latest first. */
  readonly sweeps: readonly SweepEntry[];
  /** The sweep that was looked at last. */
  readonly sweepId: string | undefined;
  /** The tasks that go on, for runs and sweeps. */
  readonly tasks: readonly OpenTask[];
  /** Which of the two is on the screen. */
  readonly shown: 'run' | 'sweep';
  /** Whether the run on the screen is run again when its source is saved. */
  readonly isRunOnSave: boolean;
  /** What is being run again because its source was saved. */
  readonly rerun: Rerun;
  /** Asks the person which file the machine of a trace is. */
  readonly machineQuestion: MachineQuestion | undefined;
  readonly problems: readonly ShownProblem[];
  /** How many problems there were: the id of the next one. */
  readonly problemsEver: number;
  /** What just happened, for the status line. */
  readonly notice: string | undefined;
}

export const session = createStore<Session>(() => ({
  isStarted: false,
  samples: [],
  demo: undefined,
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
