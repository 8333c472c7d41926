import {
  TASKS,
  type TaskEnd,
  type TaskEvent,
  type TaskKind,
  type TaskOf,
} from '../../../core/contract/tasks.ts';
import { type MachineRef } from '../../../core/contract/window.ts';
import { newId, request } from '../../api.ts';
import { ensureMachine, findMachine } from '../machines.ts';
import type { OpenTask } from '../model.ts';
import { session } from '../store.ts';

/** The run or sweep of a task, and the handlers of its events. */
export interface TaskOwner<Kind extends TaskKind> {
  /** The run or sweep that it works for. */
  readonly subjectId: string;
  readonly take: (event: TaskEvent<Kind>) => void;
  readonly end: (end: TaskEnd) => void;
}

/** Registers a task that is about to start, so that it can be cancelled; returns its id. */
export function openTask<Kind extends TaskKind>(
  kind: Kind,
  { subjectId, take, end }: TaskOwner<Kind>,
): string {
  const id = newId(kind);
  const { reports } = TASKS[kind];
  const opened: OpenTask = {
    id,
    kind,
    subjectId,
    isStarted: false,
    isMuted: false,
    take: (event) => take(reports.parse(event) as TaskEvent<Kind>),
    end,
  };
  session.setState(({ tasks }) => ({ tasks: [...tasks, opened] }));
  return id;
}

/** Starts a registered task. Returns whether it is under way. */
export async function startTask<Kind extends TaskKind>(
  taskId: string,
  task: TaskOf<Kind>,
): Promise<boolean> {
  if (!findTask(taskId)) return false;
  updateTask(taskId, { isStarted: true });
  await request('startTask', { taskId, task });
  return findTask(taskId) !== undefined;
}

/** Starts a task on a machine, which is opened if needed. Returns whether the task is under way. */
export async function startOnMachine<Kind extends TaskKind>(
  taskId: string,
  ref: MachineRef,
  taskOn: (machineId: string) => TaskOf<Kind>,
): Promise<boolean> {
  const machine = await ensureMachine(ref);
  if (machine) return startTask(taskId, taskOn(machine.id));
  const problem = findMachine(ref)?.openProblem ?? { title: 'The machine could not be opened.' };
  endTask(taskId, { kind: 'failed', problem });
  return false;
}

/** Stops the tasks of a run or a sweep; with `isMuted`, their further events are ignored. */
export async function cancelTasksOf(subjectId: string, isMuted = false): Promise<void> {
  const own = session.getState().tasks.filter((task) => task.subjectId === subjectId);
  for (const { id, isStarted } of own) {
    if (isMuted) updateTask(id, { isMuted });
    if (isStarted) await request('cancelTask', { taskId: id });
    else endTask(id, { kind: 'cancelled' });
  }
}

/** Passes an event to the task that reported it. */
export function takeTaskEvent(taskId: string, event: unknown): void {
  const task = findTask(taskId);
  if (task && !task.isMuted) task.take(event);
}

/** Ends a task. */
export function endTask(taskId: string, end: TaskEnd): void {
  const ended = findTask(taskId);
  session.setState(({ tasks }) => ({ tasks: tasks.filter(({ id }) => id !== taskId) }));
  ended?.end(end);
}

function findTask(taskId: string): OpenTask | undefined {
  return session.getState().tasks.find(({ id }) => id === taskId);
}

function updateTask(taskId: string, change: Partial<OpenTask>): void {
  session.setState(({ tasks }) => ({
    tasks: tasks.map((task) => (task.id === taskId ? { ...task, ...change } : task)),
  }));
}
