import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** Windows has no process groups; there only the program itself is ended. Not tried. */
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Waits until its standard input ends, which it does however its owner ends, then ends the process
 * group that its argument names.
 */
const WATCHDOG = 'read _; kill -KILL "-$0"';

/**
 * A program and all that it starts, such as what runs behind a shell: they are ended together, and
 * they end when the process that started them does, even by SIGKILL and in an endless loop.
 */
export class ProcessGroup {
  readonly leader: ChildProcessWithoutNullStreams;
  readonly #watchdog: ChildProcess | undefined;

  /** @param folder in which the command runs. */
  constructor(command: readonly string[], folder: string) {
    const [program = '', ...args] = command;
    const options = { cwd: folder, windowsHide: true, detached: HAS_GROUPS };
    this.leader = spawn(program, args, options);
    if (HAS_GROUPS && this.leader.pid !== undefined)
      this.#watchdog = startWatchdog(this.leader.pid);
  }

  /** Ends all processes of the group at once. */
  kill(): void {
    const { pid } = this.leader;
    if (pid === undefined) return;
    try {
      process.kill(HAS_GROUPS ? -pid : pid, 'SIGKILL');
    } catch {
      // All of them have ended already.
    }
    this.#watchdog?.kill('SIGKILL');
  }
}

function startWatchdog(group: number): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in our group: what ends that, such as Ctrl-C, must not end the watchdog first.
    detached: true,
  });
  // Without a shell, what is behind another one may outlive us; the run itself needs none.
  watchdog.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as { unref?: () => void } | null)?.unref?.();
  return watchdog;
}
