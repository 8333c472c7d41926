import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Whether a process runs. One that has ended, and that nobody has waited for yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes that a process has started, itself or through others, and whose command contains a text; its words end in \0. */
export function startedBy(pid: number, text: string): readonly number[] {
  const all = processes();
  const started = new Set([pid]);
  // A process may have a smaller number than its parent.
  for (let before = 0; before < started.size;) {
    before = started.size;
    for (const one of all) if (started.has(one.parent)) started.add(one.pid);
  }
  return all
    .filter((one) => one.pid !== pid && started.has(one.pid) && one.command.includes(text))
    .map((one) => one.pid);
}

function processes(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
