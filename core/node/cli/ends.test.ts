import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraceFile } from '../files/trace-file.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

const COMMAND = `"${process.execPath}" "${join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs')}"`;
const TIMEOUT_MS = 60_000;

let folder: string;

function machine(step: string): string {
  return `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'ends', description: '', initialState: () => ({ n: 0 }),
  stf(state) { ${step}; state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(), invariants: {},
});
export const scenarios = [defineScenario({
  name: 's', description: '', defaults: { seed: '1', operations: 5_000_000 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'x' }), observe() {}, tallies: () => ({}) }),
})];`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-ends-'));
  await writeFile(join(folder, 'long.ts'), machine(''));
  // In small pieces: one that is larger than what is left ends the process without a word of ours.
  await writeFile(join(folder, 'fills.ts'), machine('for (let a = null;;) a = [a, {}]'));
  await writeFile(join(folder, 'loops.ts'), 'for (;;);');
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a line of shell, in which `phasmoscope` is the command. */
function shell(line: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const script = `phasmoscope() { exec ${COMMAND} "$@"; }\n${line}`;
    const options = { cwd: folder, timeout: TIMEOUT_MS };
    execFile('/bin/sh', ['-c', script], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : -1, stdout, stderr });
    });
  });
}

it('keeps what was recorded until a signal, and leaves no half of a file behind', async () => {
  const { status, stderr } = await shell(
    'phasmoscope record long.ts --out long.jsonl & until ls long.jsonl.*.part 2>&-; do sleep 0.2; done; ' +
      'sleep 1; kill -TERM $!; wait $!',
  );
  expect(stderr).toMatch(/The [\d ]+ steps until then are in long\.jsonl\./);
  expect(status).toBe(2);
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  const { trace, damage } = await readTraceFile(join(folder, 'long.jsonl'));
  expect([trace.length > 0, damage]).toEqual([true, undefined]);
});

it('says that a machine file does not come to the end of its loading', async () => {
  const { status, stderr } = await shell('(phasmoscope sweep loops.ts --count 1)');
  expect(stderr).toContain('The machine file did not finish loading in 15 seconds.');
  expect(status).toBe(2);
});

it('says that a machine filled the memory', async () => {
  const line = 'NODE_OPTIONS=--max-old-space-size=200; export NODE_OPTIONS; ';
  const { status, stderr } = await shell(`${line}(phasmoscope record fills.ts --out fills.jsonl)`);
  expect(stderr).toContain('The machine ran out of memory, which was');
  expect(status).toBe(2);
  expect(existsSync(join(folder, 'fills.jsonl'))).toBe(false);
});

it.each([
  ['as it is', '.jsonl'],
  ['compressed', '.jsonl.gz'],
])('reads a trace from standard input, %s', async (_, ending) => {
  const record = `(phasmoscope record turnstile --out input${ending}) >&2`;
  const { stdout, stderr } = await shell(`${record}; cat input${ending} | (phasmoscope verify -)`);
  expect(stdout, stderr).toMatch(/All [\d ]+ steps agree with the machine\./);
});

it('ends quietly when its reader has seen enough', async () => {
  const line = '((phasmoscope run turnstile --json); echo "status $?" >&2) | head -n 1';
  expect(await shell(line)).toMatchObject({ stdout: '{\n', stderr: 'status 0\n' });
});

it.runIf(existsSync('/dev/full'))('says that its output could not be written', async () => {
  const { status, stderr } = await shell('(phasmoscope run turnstile > /dev/full)');
  expect(stderr).toContain('The result could not be written to standard output');
  expect(status).toBe(2);
});
