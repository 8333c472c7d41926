import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostMessage, HostRequest } from '../../core/contract/host.ts';
import { TASKS, type RunSettings, type TaskEnd } from '../../core/contract/window.ts';
import { TIME_LIMIT_MS } from '../../core/text/quantities.ts';

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

/** Runs a machine file in the host as the window does, and reads what it has written. */
export async function runInHost(path: string, settings: RunSettings): Promise<HostRun> {
  runs += 1;
  const taskId = `run-${runs}`;
  messages.length = 0;
  post({ kind: 'load', path });
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-host-'));
  const tracePath = join(folder, 'run.jsonl');
  const task = { kind: 'run', machineId: 'machine', traceId: 'run', settings } as const;
  post({ kind: 'startTask', taskId, task, resumeAt: 0, timeLimitMs: TIME_LIMIT_MS, tracePath });
  let bytes = 0;
  for (;;) {
    for (const message of messages.splice(0)) {
      if (!('taskId' in message) || message.taskId !== taskId) continue;
      if (message.kind === 'taskEvent') bytes = TASKS.run.reports.parse(message.event).bytes;
      if (message.kind !== 'taskEnded') continue;
      const text = bytes > 0 ? readFileSync(tracePath, 'utf8') : '';
      rmSync(folder, { recursive: true });
      return { text, end: message.end };
    }
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  }
}
