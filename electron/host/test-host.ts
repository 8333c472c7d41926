import type { HostMessage, HostRequest } from '../../core/contract/host.ts';
import { TASKS, type RunSettings, type TaskEnd } from '../../core/contract/window.ts';

/** What a run in the host reports: the text of its trace, and how it ended. */
export interface HostRun {
  readonly text: string;
  readonly end: TaskEnd;
}

let post: (request: HostRequest) => void;
let heard: () => void = () => {};
let runs = 0;
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

/** Runs a machine file in the host as the window does, and puts the pieces of text together. */
export async function runInHost(path: string, settings: RunSettings): Promise<HostRun> {
  runs += 1;
  const taskId = `run-${runs}`;
  messages.length = 0;
  post({ kind: 'load', path });
  post({
    kind: 'startTask',
    taskId,
    task: { kind: 'run', machineId: 'machine', settings },
    resumeAt: 0,
  });
  let text = '';
  for (;;) {
    for (const message of messages.splice(0)) {
      if (!('taskId' in message) || message.taskId !== taskId) continue;
      if (message.kind === 'taskEvent') text += TASKS.run.reports.parse(message.event).text;
      if (message.kind === 'taskEnded') return { text, end: message.end };
    }
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  }
}
