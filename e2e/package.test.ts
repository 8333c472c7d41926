/** What `npm pack` makes is installed into an empty folder, and used there as its user would. */
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from '@playwright/test';

const PACKED_BYTES_MAX = 3_000_000;
/** What npm says when a registry cannot be reached. */
const UNREACHABLE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|E40[13])\b/;

let folder: string;

test.describe.configure({ mode: 'serial', timeout: 300_000 });

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the folder of the project, or in one within it. */
function run(
  command: string,
  args: readonly string[],
  { cwd = '.', env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Answer> {
  const { ELECTRON_OVERRIDE_DIST_PATH: _ours, ...inherited } = process.env;
  const environment = { ...inherited, NO_COLOR: '1', CI: '1', ...env };
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: join(folder, cwd), env: environment, maxBuffer: 64 * 1024 * 1024 },
      (error: ExecFileException | null, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
  });
}

function phasmoscope(...args: readonly string[]): Promise<Answer> {
  return run('npx', ['phasmoscope', ...args]);
}

test.beforeAll(async () => {
  // Whatever is to be packed is built first.
  test.setTimeout(300_000);
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-package-'));
  const pack = ['pack', process.cwd(), '--json', '--pack-destination', folder];
  const packed = await run('npm', pack);
  expect(packed.stderr + packed.stdout).toContain('phasmoscope-');
  const [{ filename, size }] = JSON.parse(packed.stdout) as [{ filename: string; size: number }];
  expect(size).toBeLessThan(PACKED_BYTES_MAX);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const tools = ['@types/node', 'typescript', 'vitest'];
  const wanted = [`./${filename}`, ...tools.map((name) => `${name}@${devDependencies[name]}`)];
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stderr } = await run('npm', ['install', '-D', ...quiet, ...wanted]);
  test.skip(UNREACHABLE.test(stderr), `The package registry cannot be reached: ${stderr}`);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
});

test.afterAll(() => rmSync(folder, { recursive: true }));

test('is installed without Electron, without databases and without a build', () => {
  const installed = join(folder, 'node_modules');
  for (const name of ['electron', 'pg', '@electric-sql/pglite', '@sqlite.org/sqlite-wasm', 'react'])
    expect(existsSync(join(installed, name)), name).toBe(false);
  const own = join(installed, 'phasmoscope');
  for (const name of ['electron/scripts/build.mjs', 'e2e', 'renderer', 'dist/cli.cjs.map'])
    expect(existsSync(join(own, name)), name).toBe(false);
  expect(readFileSync(join(own, 'dist/NOTICES.txt'), 'utf8')).toMatch(/^react \d/m);
});

test('writes a project that can be installed, compiles and whose test passes', async () => {
  expect(await phasmoscope('new', 'turnstile')).toMatchObject({ status: 0, stderr: '' });
  const { devDependencies } = JSON.parse(
    readFileSync(join(folder, 'turnstile/package.json'), 'utf8'),
  ) as { devDependencies: Record<string, string> };
  expect(devDependencies['phasmoscope']).toMatch(/^file:\.\.\/phasmoscope-.*\.tgz$/);
  const cwd = 'turnstile';
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  expect(await run('npm', ['install', ...quiet], { cwd })).toMatchObject({ status: 0 });
  const tested = await run('npm', ['test'], { cwd });
  expect(tested.stdout + tested.stderr).toMatch(/Tests +1 passed/);
  const checked = await phasmoscope('check', 'turnstile/machine.ts');
  expect(checked.stdout).toContain('no errors');
});

test('writes a page for coding agents, whose server runs the machine', async () => {
  const page = readFileSync(join(folder, 'turnstile/AGENTS.md'), 'utf8');
  const [, text = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  const { command, args } = JSON.parse(text).mcpServers.phasmoscope as {
    readonly command: string;
    readonly args: string[];
  };
  const client = new Client({ name: 'test', version: '1.0.0' });
  const cwd = join(folder, 'turnstile');
  await client.connect(new StdioClientTransport({ command, args, cwd, stderr: 'ignore' }));
  const call = { name: 'sweep', arguments: { machine: 'machine.ts', faults: 'chaos', count: 5 } };
  const { content, isError } = await client.callTool(call);
  expect([isError, JSON.stringify(content)]).toEqual([false, expect.stringContaining('seeds')]);
  await client.close();
});

test('is used at a terminal: settings of the project, traces in words, inputs, completion', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect((await phasmoscope('--version')).stdout).toBe(`${version}\n`);
  const cwd = 'turnstile';
  const inProject = (line: string, env = {}) =>
    run('npx', ['phasmoscope', ...line.split(' ')], { cwd, env });
  writeFileSync(
    join(folder, cwd, 'phasmoscope.config.ts'),
    `import { defineConfig } from 'phasmoscope';
    export default defineConfig({ machine: 'machine.ts', seed: 7, operations: 30, seeds: 3 });`,
  );
  const swept = await inProject('sweep');
  expect([swept.status, swept.stdout]).toEqual([0, expect.stringMatching(/seeds +3\n/)]);
  const recorded = await inProject('record --out run.jsonl');
  expect([recorded.status, recorded.stdout]).toEqual([0, expect.stringContaining('run.jsonl')]);
  expect((await inProject('show run.jsonl --step 3 --changes')).stdout).toContain('step 3');
  expect((await inProject('show run.jsonl --step 3 --state coins')).stdout).toMatch(/\n\d+\n$/);
  const steps = await inProject('steps run.jsonl --where step<2');
  expect(steps.stdout).toMatch(/^ *0 [^]*^ *1 /m);
  expect((await inProject('inputs run.jsonl --out inputs.json')).status).toBeLessThan(2);
  const again = await inProject('run --inputs inputs.json', { NO_COLOR: '', FORCE_COLOR: '1' });
  expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('\u001b[')]);
  const plain = await inProject('run --inputs inputs.json', { FORCE_COLOR: '1' });
  expect([plain.status, plain.stdout.includes('\u001b[')]).toEqual([0, false]);
  const completion = await phasmoscope('complete', 'bash');
  expect([completion.status, completion.stdout]).toEqual([
    0,
    expect.stringContaining('phasmoscope'),
  ]);
  rmSync(join(folder, cwd, 'phasmoscope.config.ts'));
});

test('sweeps, shrinks, and exports a test that fails for the same reason', async () => {
  const path = join(folder, 'turnstile/machine.ts');
  const sound = readFileSync(path, 'utf8');
  const broken = sound.replace(/ {6}if \(!state\.current\.unlocking\.includes.*\n/, '');
  expect(broken).not.toBe(sound);
  writeFileSync(
    path,
    broken.replace('open = input.result', 'coins += 1;\n        draft.open = input.result'),
  );
  const which = ['turnstile/machine.ts', '--faults', 'chaos'];
  const swept = await phasmoscope('sweep', ...which, '--count', '20', '--json');
  expect(swept.status, swept.stderr + swept.stdout).toBe(1);
  const finding = ['--finding', 'coins are counted'];
  const shrink = ['shrink', ...which, '--seed', '0', '--out', 'minimal.jsonl', ...finding];
  const shrunk = await phasmoscope(...shrink);
  expect([shrunk.status, shrunk.stderr]).toEqual([1, expect.any(String)]);
  const exportTest = ['export-test', 'minimal.jsonl', '--machine', 'turnstile/machine.ts'];
  const exported = await phasmoscope(...exportTest, '--out', 'turnstile/coins.test.ts');
  expect([exported.status, exported.stderr]).toEqual([0, expect.any(String)]);
  const failing = await run('npx', ['vitest', 'run', 'coins'], { cwd: 'turnstile' });
  expect(failing.stdout + failing.stderr).toMatch(/coins are counted[^]*Tests +1 failed/);
  writeFileSync(path, sound);
  const passing = await run('npx', ['vitest', 'run', 'coins'], { cwd: 'turnstile' });
  expect(passing.stdout + passing.stderr).toMatch(/Tests +1 passed/);
});

test('says which package to install for a database', async () => {
  writeFileSync(
    join(folder, 'table.ts'),
    `import { defineMachine, ok, sqlite, type MachineTypes } from 'phasmoscope';
    export const machine = defineMachine<MachineTypes>({
      name: 'table',
      description: 'Keeps rows.',
      storage: sqlite({ schema: 'create table rows (id integer primary key)' }),
      stf: () => ok(),
      restore: () => ok(),
      invariants: {},
    });
    export const scenarios = [];`,
  );
  const { status, stderr } = await phasmoscope('sweep', 'table.ts');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(
      /SQLite needs @sqlite\.org\/sqlite-wasm, which is not installed[^]*npm install -D @sqlite\.org\/sqlite-wasm/,
    ),
  ]);
});

test('pictures a trace with the Electron of the project', async () => {
  const trace = ['record', 'dentist-booking-unchecked', '--operations', '90', '--out', 'run.jsonl'];
  expect(await phasmoscope(...trace)).toMatchObject({ status: 1 });
  const without = await phasmoscope('picture', 'run.jsonl', '--out', 'run.png');
  expect([without.status, without.stderr]).toEqual([
    2,
    expect.stringContaining('npm install -D "electron@'),
  ]);
  const env = { ELECTRON_OVERRIDE_DIST_PATH: dirname(process.env['PHASMOSCOPE_ELECTRON'] ?? '') };
  const picture = async (name: string, ...args: readonly string[]) => {
    const command = ['phasmoscope', 'picture', 'run.jsonl', ...args, '--out', name];
    expect(await run('npx', command, { env })).toMatchObject({ status: 0 });
    return readFileSync(join(folder, name));
  };
  // Its machine draws it.
  const week = await picture('week.png', '--view', 'views', '--step', '77');
  expect([week.toString('latin1', 1, 4), week.readUInt32BE(16)]).toEqual(['PNG', 2 * 1440]);
  const views = ['window', 'timeline', 'state', 'steps', 'causality', 'sequence', 'lifecycle'];
  const pictures = [week];
  for (const view of views) {
    const taken = await picture(`${view}.png`, '--view', view, '--step', '77', '--theme', 'dark');
    expect([taken.toString('latin1', 1, 4), taken.readUInt32BE(16)], view).toEqual(['PNG', 2880]);
    pictures.push(taken);
  }
  expect(new Set(pictures.map((taken) => taken.toString('base64'))).size).toBe(pictures.length);
  const steps = await picture('steps.gif', '--view', 'timeline', '--step', '70', '--to', '77');
  expect([steps.toString('latin1', 0, 6), steps.readUInt16LE(6)]).toEqual(['GIF89a', 1440]);
  // What goes before each frame.
  expect(steps.toString('latin1').split('\x21\xf9\x04')).toHaveLength(1 + 8);
});

test('opens the window with the Electron of the project, and says what to install without one', async () => {
  const without = await phasmoscope('open', 'turnstile/machine.ts');
  expect([without.status, without.stderr]).toEqual([
    2,
    expect.stringContaining('npm install -D "electron@'),
  ]);
  const picture = join(folder, 'window.png');
  const electron = process.env['PHASMOSCOPE_ELECTRON'] ?? '';
  const opened = await run('npx', ['phasmoscope', 'open', 'turnstile/machine.ts', '--seed', '7'], {
    env: {
      ELECTRON_OVERRIDE_DIST_PATH: dirname(electron),
      PHASMOSCOPE_SCREENSHOT: picture,
      // A profile of its own.
      XDG_CONFIG_HOME: join(folder, 'profile'),
    },
  });
  expect([opened.status, opened.stderr]).toEqual([0, expect.any(String)]);
  expect(statSync(picture).size).toBeGreaterThan(10_000);
});
