import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Recent, RunSettings } from '../../core/api/contract.ts';
import type { Problem } from '../../core/problem.ts';
import type { MachineEntry, OpenTask, RunEntry, SweepEntry } from './model.ts';
import { SETTINGS_DEFAULT, type SettingsDraft } from './settings.ts';
import { SWEEP_DRAFT_DEFAULT, type SweepDraft } from './sweep-settings.ts';

/** A problem that was not dismissed yet. */
export interface ShownProblem {
  readonly id: number;
  readonly problem: Problem;
}

/** Asks for the file of a machine. */
export interface MachineQuestion {
  /** As the trace names it. */
  readonly name: string;
  /** Takes the path of the file, or nothing when the person changed their mind. */
  readonly answer: (path: string | undefined) => void;
}

/** Everything that is open. What the screen shows follows from this and the cursor. */
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
  /** The run that was looked at last. */
  readonly runId: string | undefined;
  /** The latest first. */
  readonly sweeps: readonly SweepEntry[];
  /** The sweep that was looked at last. */
  readonly sweepId: string | undefined;
  /** What goes on for them. */
  readonly tasks: readonly OpenTask[];
  /** Which of the two is on the screen. */
  readonly shown: 'run' | 'sweep';
  /** Whether the run on the screen is run again when its source is saved. */
  readonly isRunOnSave: boolean;
  /** The machine of a trace is wanted, and only the person knows which file that is. */
  readonly machineQuestion: MachineQuestion | undefined;
  readonly problems: readonly ShownProblem[];
  /** A short word on what just happened, for the status line. */
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
  runId: undefined,
  sweeps: [],
  sweepId: undefined,
  tasks: [],
  shown: 'run',
  isRunOnSave: true,
  machineQuestion: undefined,
  problems: [],
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

let problems = 0;

/** Shows a problem until the person dismisses it. */
export function showProblem(problem: Problem): void {
  problems += 1;
  const shown = { id: problems, problem };
  session.setState((state) => ({
    problems: [...state.problems.filter((other) => other.problem.title !== problem.title), shown],
  }));
}

/** Takes a problem off the screen. */
export function dismissProblem(id: number): void {
  session.setState((state) => ({ problems: state.problems.filter((other) => other.id !== id) }));
}

/** Takes a problem off the screen that has been mended. */
export function withdrawProblem({ title }: Problem): void {
  session.setState((state) => ({
    problems: state.problems.filter(({ problem }) => problem.title !== title),
  }));
}

/** Tells in the status line what just happened. */
export function showNotice(notice: string): void {
  session.setState({ notice });
}
