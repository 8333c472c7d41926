import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

const COMMAND = join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-watch-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(limit: number, tail = ''): void {
  writeFileSync(
    join(folder, 'counting.ts'),
    `import { ok } from 'phasmoscope';
    export const machine = {
      name: 'counting', description: '', initialState: () => ({ n: 0 }),
      stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
      restore: () => ok(), invariants: { 'n is small': ({ n }) => n < ${limit} },
    };
    export const scenarios = [{
      name: 's', description: '', defaults: { seed: '1', operations: 5 },
      start: () => ({
        next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
      }),
    }];${tail}`,
  );
}

it('sweeps again when the machine is saved, failed seeds first, until it is interrupted', async () => {
  write(3);
  const args = [COMMAND, 'sweep', 'counting.ts', '--count', '4', '--workers', '1', '--watch'];
  const child = spawn(process.execPath, args, { cwd: folder });
  let output = '';
  const takeIn = (piece: Buffer) => {
    output += String(piece);
  };
  child.stdout.on('data', takeIn);
  child.stderr.on('data', takeIn);
  const rounds = () => output.split('Waiting for changes').length - 1;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    await expect.poll(rounds, { timeout: 30_000 }).toBe(1);
    expect(output).toContain('invariant: n is small');
    write(9, ' this is no TypeScript');
    await expect.poll(rounds, { timeout: 30_000 }).toBe(2);
    expect(output).toContain('error:');
    write(9);
    await expect.poll(rounds, { timeout: 30_000 }).toBe(3);
    expect(output).toContain('Changed: sweeping again, 1 failed seed first');
    expect(output.slice(output.lastIndexOf('Changed'))).toMatch(
      /The only saved seed no longer fails/,
    );
    expect(output.slice(output.lastIndexOf('Changed'))).toContain('No findings.');
  } finally {
    child.kill('SIGINT');
  }
  expect(await ended).toBe(0);
});

it('sweeps again when the machine is saved while what was found is shrunk', async () => {
  // Each step takes its time, so that shrinking has no end; the workers that begin with it print so.
  const slow = `
    console.log('loaded');
    const { stf } = machine;
    machine.stf = (state, input) => {
      for (let turn = 0; turn < 2e7; turn += 1);
      return stf(state, input);
    };`;
  write(60, slow);
  const args = ['--count', '1', '--operations', '70', '--workers', '1', '--watch'];
  const child = spawn(process.execPath, [COMMAND, 'sweep', 'counting.ts', ...args], {
    cwd: folder,
  });
  let output = '';
  const takeIn = (piece: Buffer) => {
    output += String(piece);
  };
  child.stdout.on('data', takeIn);
  child.stderr.on('data', takeIn);
  const loads = () => output.split('loaded').length - 1;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    await expect.poll(loads, { timeout: 30_000 }).toBeGreaterThan(2);
    write(999);
    await expect.poll(() => output, { timeout: 20_000 }).toContain('Changed: sweeping again');
    expect(output).not.toContain('minimal run');
  } finally {
    child.kill('SIGINT');
  }
  await ended;
});

it('is refused with --json', async () => {
  write(9);
  const { status, stderr } = await runCommandLine(
    ['sweep', 'counting.ts', '--watch', '--json'],
    folder,
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining('not one JSON document')]);
});
