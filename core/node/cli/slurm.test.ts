import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';

/** A cluster of this machine alone, for as long as the test: `apt-get install slurm-wlm munge`. */

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch'];
const PORT = 20_000 + (process.pid % 20_000);
const run = promisify(execFile);

/** Whether there is a Slurm that can be started here, which takes the rights of root. */
function hasSlurm(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    for (const program of PROGRAMS) execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasSlurm())(
  'an array of Slurm (skipped without slurm-wlm, munge and root)',
  () => {
    let folder: string;
    let env: NodeJS.ProcessEnv;
    const file = (name: string) => join(folder, name);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'phasmoscope-slurm-'));
      mkdirSync(file('state'));
      mkdirSync(file('spool'));
      writeFileSync(file('munge.key'), 'a key of more than enough bytes for this test', {
        mode: 0o600,
      });
      writeFileSync(file('slurm.conf'), configuration());
      writeFileSync(file('job.sh'), job());
      env = { ...process.env, SLURM_CONF: file('slurm.conf') };
      const munge = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'];
      await run('munged', [
        '--force',
        ...munge.map((name) => `--${name}=${file(`munge.${name.replace('-file', '')}`)}`),
      ]);
      await run('slurmctld', ['-i'], { env });
      await run('slurmd', [], { env });
      while (!(await run('sinfo', ['-h', '-o', '%T'], { env })).stdout.includes('idle')) {
        await sleep(200);
      }
    });

    afterAll(async () => {
      for (const name of ['slurmd.pid', 'slurmctld.pid', 'munge.pid']) {
        const pid = Number(readFileSync(file(name), 'utf8'));
        process.kill(pid);
        // Until it has ended, it writes to its folder.
        while (isAlive(pid)) await sleep(50);
      }
      rmSync(folder, { recursive: true });
    });

    function isAlive(pid: number): boolean {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    }

    function configuration(): string {
      const [name] = hostname().split('.');
      return Object.entries({
        ClusterName: 'test',
        SlurmctldHost: `${name}(127.0.0.1)`,
        SlurmUser: 'root',
        SlurmdUser: 'root',
        AuthType: 'auth/munge',
        AuthInfo: `socket=${file('munge.socket')}`,
        SlurmctldPort: PORT,
        SlurmdPort: PORT + 1,
        StateSaveLocation: file('state'),
        SlurmdSpoolDir: file('spool'),
        SlurmctldPidFile: file('slurmctld.pid'),
        SlurmdPidFile: file('slurmd.pid'),
        SlurmctldLogFile: file('slurmctld.log'),
        SlurmdLogFile: file('slurmd.log'),
        ProctrackType: 'proctrack/linuxproc',
        TaskPlugin: 'task/none',
        MpiDefault: 'none',
        ReturnToService: 2,
        NodeName: `${name} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN`,
        PartitionName: 'main Nodes=ALL Default=YES State=UP',
      })
        .map(([key, value]) => `${key}=${value}\n`)
        .join('');
    }

    function job(): string {
      const command = `"${process.execPath}" "${join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs')}"`;
      const settings = '--count 8 --operations 5 --workers 1';
      return `#!/bin/sh\n${command} sweep counter ${settings} --report report-$SLURM_ARRAY_TASK_ID.json\n`;
    }

    async function outputs(array: string, tasks: readonly number[]): Promise<readonly string[]> {
      const where = { cwd: folder, env };
      await run('sbatch', ['--wait', `--array=${array}`, '--output=%a.txt', 'job.sh'], where).catch(
        // It ends with the exit code of its tasks.
        () => undefined,
      );
      return tasks.map((task) => readFileSync(file(`${task}.txt`), 'utf8'));
    }

    it('gives each task its shard', async () => {
      const [first, last] = await outputs('10-40:30', [10, 40]);
      expect([first, last]).toEqual([
        expect.stringContaining('shard 1 of 2'),
        expect.stringContaining('shard 2 of 2'),
      ]);
      expect(JSON.parse(readFileSync(file('report-40.json'), 'utf8'))).toMatchObject({ seeds: 4 });
    });

    it('is refused with gaps, and a task alone is warned of', async () => {
      const [gap] = await outputs('1,3,7', [3]);
      expect(gap).toContain('task 3 is one of 3, from 1 to 7');
      const [alone] = await outputs('7', [7]);
      expect(alone).toContain('task 7 is the only one of its array of Slurm');
    });
  },
);
