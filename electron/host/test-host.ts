import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostMessage, HostRequest } from '../../core/contract/host.ts';
import {
  TASKS,
  type MachineTask,
  type RunSettings,
  type TaskEnd,
} from '../../core/contract/tasks.ts';
import { TIME_LIMIT_MS } from '../../core/text/quantities.ts';

/** What a run in the host reports: the text of its trace, and how it ended. */
export interface HostRun {
  readonly text: string;
  readonly end: TaskEnd;
}

let post: (request: HostRequest) => void;
let heard: () => void = () => {};
let tasks = 0;
const messages: HostMessage[] = [];

/** Starts the real host in this process: of Electron it needs only the channel to the main process. */
export async function startHost(): Promise<void> {
  Object.assign(process, {
    parentPort: {
      postMessage(message: HostMessage) {
        messages.push(message);
        heard();
      },
      on: (_: 'message', listen: (event: { data: HostRequest }) => void) => {
        post = (data) => listen({ data });
      },
    },
  });
  await import('./host.ts');
}

/** What a task in the host reports, and how it ended. */
export interface HostTask {
  readonly events: readonly unknown[];
  readonly end: TaskEnd;
}

/**
 * Carries out a task on a machine file in the host, as the window does.
 *
 * @param options.resumeAt how much an earlier process has reported of it.
 */
export async function carryOutInHost(
  path: string,
  task: MachineTask,
  {
    resumeAt = 0,
    ...paths
  }: { readonly tracePath?: string; readonly parentPath?: string; readonly resumeAt?: number },
): Promise<HostTask> {
  tasks += 1;
  const taskId = `task-${tasks}`;
  messages.length = 0;
  post({ kind: 'load', path });
  post({ kind: 'startTask', taskId, task, resumeAt, timeLimitMs: TIME_LIMIT_MS, ...paths });
  const events: unknown[] = [];
  for (;;) {
    for (const message of messages.splice(0)) {
      if (!('taskId' in message) || message.taskId !== taskId) continue;
      if (message.kind === 'taskEnded') return { events, end: message.end };
      if (message.kind === 'taskEvent') events.push(TASKS[task.kind].reports.parse(message.event));
    }
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  }
}

/** Runs a machine file in the host as the window does, and reads what it has written. */
export async function runInHost(path: string, settings: RunSettings): Promise<HostRun> {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-host-'));
  const tracePath = join(folder, 'run.jsonl');
  const task = { kind: 'run', machineId: 'machine', traceId: 'run', settings } as const;
  const { events, end } = await carryOutInHost(path, task, { tracePath });
  const text = events.length > 0 ? readFileSync(tracePath, 'utf8') : '';
  rmSync(folder, { recursive: true });
  return { text, end };
}
