import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraceFile } from '../files/trace-file.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

const COMMAND = `"${process.execPath}" "${join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs')}"`;
/** Only a command that hangs takes as long. */
const TIMEOUT_MS = 170_000;

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

/** A statement for the step of index 500. */
function at500(statement: string): string {
  return `if (state.current.n === 500) { ${statement} }`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-ends-'));
  await writeFile(join(folder, 'long.ts'), machine(''));
  // In small pieces, after which the thread ends; one that is larger than what is left ends the process.
  await writeFile(join(folder, 'fills.ts'), machine(at500('for (let a = null;;) a = [a, {}]')));
  await writeFile(join(folder, 'gulps.ts'), machine(at500('for (const a = [];;) a.push(1, 2, 3)')));
  await writeFile(join(folder, 'hangs.ts'), machine(at500('for (;;);')));
  await writeFile(join(folder, 'waits.ts'), machine(at500('return new Promise(() => {})')));
  const leaves = '(async () => { for (;;) await null; })()';
  await writeFile(join(folder, 'leaves.ts'), machine(at500(leaves)));
  await writeFile(join(folder, 'loops.ts'), 'for (;;);');
  const found = machine('').replace('invariants: {}', `invariants: { small: (s) => s.n < 9 }`);
  const short = found.replace('5_000_000', '20');
  await writeFile(join(folder, 'no-exit.ts'), `process.exit = () => {};${short}`);
  await writeFile(join(folder, 'exit-loop.ts'), `process.on('exit', () => { for (;;); });${short}`);
  await writeFile(join(folder, 'exits.ts'), `process.exit(0);${short}`);
  const loop = short.replace('start: () => (', 'start: () => (() => { for (;;); })() ?? (');
  await writeFile(join(folder, 'start.ts'), loop);
  const fails = machine('').replace(
    'invariants: {}',
    `invariants: { 'n is small': (s) => s.n < 9 }`,
  );
  await writeFile(join(folder, 'fails.ts'), fails.replace('5_000_000', '20_000'));
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

/** The steps that a file holds, whose run was never over. */
async function stepsIn(file: string): Promise<number> {
  const { trace, damage } = await readTraceFile(join(folder, file));
  expect(damage?.message).toContain('the closing line is missing');
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  return trace.length;
}

const LITTLE = 'NODE_OPTIONS=--max-old-space-size=200; export NODE_OPTIONS; ';

it('keeps the steps before one that fills the memory', async () => {
  const line = `${LITTLE}(phasmoscope record fills.ts --out kept.jsonl.gz)`;
  const { status, stderr } = await shell(line);
  expect(stderr).toContain('The machine ran out of memory, which was');
  expect(stderr).toContain('The 500 steps until then are in kept.jsonl.gz.');
  expect([status, await stepsIn('kept.jsonl.gz')]).toEqual([2, 500]);
});

it('keeps the steps when V8 ends the process', async () => {
  const line = `${LITTLE}(phasmoscope record gulps.ts --json --out gulp.jsonl.gz)`;
  const { status, stdout, stderr } = await shell(line);
  expect(stderr).toContain('or the machine asked for more memory at once than was left of');
  expect(stderr).toContain('The steps until then are in gulp.jsonl.gz.');
  expect(JSON.parse(stdout)).toMatchObject({ error: { title: expect.any(String) as string } });
  expect(await stepsIn('gulp.jsonl.gz')).toBe(500);
  expect([0, 1]).not.toContain(status);
});

it('keeps the steps before one that never ends, when it is stopped', async () => {
  const { status, stderr } = await shell(
    'phasmoscope record hangs.ts --out hang.jsonl & ' +
      'until ls hang.jsonl.*.part 2>&-; do sleep 0.2; done; sleep 2; kill -INT $!; wait $!',
  );
  expect(stderr).toContain('The command was stopped in step 500, which did not end.');
  expect(stderr).toContain('The 500 steps until then are in hang.jsonl.');
  expect([status, await stepsIn('hang.jsonl')]).toEqual([130, 500]);
});

it('keeps the steps before one that waits for ever', async () => {
  const { status, stdout } = await shell(
    '(phasmoscope record waits.ts --time-limit 1s --out wait.jsonl)',
  );
  expect(stdout).toContain('hang: every step ends  step 500; input');
  expect(status).toBe(1);
  // The run is over: its last step is the finding.
  const { trace, damage } = await readTraceFile(join(folder, 'wait.jsonl'));
  expect([trace.length, damage]).toEqual([501, undefined]);
});

it('ends what a step left behind, keeps the steps until then, and says where it stood', async () => {
  const { status, stderr } = await shell(
    '(phasmoscope record leaves.ts --time-limit 1s --out left.jsonl)',
  );
  expect(stderr).toMatch(/Code that the machine file left behind .*, at leaves\.ts:5:/);
  expect(status).toBe(2);
  const { trace } = await readTraceFile(join(folder, 'left.jsonl'));
  expect(trace.length).toBeGreaterThan(500);
});

it('keeps the steps when it is killed', async () => {
  await shell(
    'phasmoscope record hangs.ts --out killed.jsonl & ' +
      'until ls killed.jsonl.*.part 2>&-; do sleep 0.2; done; sleep 2; kill -KILL $!; wait $!; sleep 1',
  );
  expect(await stepsIn('killed.jsonl')).toBe(500);
});

it.each([
  ['INT', 130, 'show a.jsonl'],
  ['TERM', 143, 'verify a.jsonl'],
  ['TERM', 143, 'merge a.jsonl b.jsonl c.jsonl d.jsonl e.jsonl'],
  ['INT', 130, 'run turnstile --inputs a.jsonl'],
])('ends at SIG%s with %i while it waits for a pipe: %s', async (signal, expected, command) => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.jsonl`).join(' ');
  const { status, stderr } = await shell(
    `mkdir -p pipes; cd pipes; rm -f ${names}; mkfifo ${names}; (phasmoscope machines) >&2; ` +
      `phasmoscope ${command} & sleep 6; kill -${signal} $!; wait $!`,
  );
  expect([status, stderr]).toEqual([expected, expect.not.stringContaining('memory')]);
});

it.each([
  ['sweep', 'TERM', 'sweep fails.ts --count 4 --traces traces'],
  ['shrink', 'INT', 'shrink fails.ts --out traces/shrunk.jsonl'],
])('leaves no half of a file behind when %s is stopped by SIG%s', async (_, signal, command) => {
  await shell('mkdir -p traces');
  for (const seconds of [1, 2, 3.5]) {
    const { status } = await shell(
      `phasmoscope ${command} & sleep ${seconds}; kill -${signal} $! && wait $!`,
    );
    expect([0, 1, 2, 130, 143]).toContain(status);
    for (const name of await readdir(join(folder, 'traces'))) {
      const { damage } = await readTraceFile(join(folder, 'traces', name));
      expect([name, damage]).toEqual([name, undefined]);
    }
  }
});

it.each([
  ['as it is', '.jsonl'],
  ['compressed', '.jsonl.gz'],
])('reads a trace from standard input, %s', async (_, ending) => {
  const record = `(phasmoscope record turnstile --out input${ending}) >&2`;
  const { stdout, stderr } = await shell(`${record}; cat input${ending} | (phasmoscope verify -)`);
  expect(stdout, stderr).toMatch(/All [\d ]+ steps agree with the machine\./);
});

it('ends quietly, and not as if nothing were found, when nobody reads on', async () => {
  const line = '((phasmoscope run turnstile --json); echo "status $?" >&2) | true';
  expect(await shell(line)).toMatchObject({ stdout: '', stderr: 'status 141\n' });
});

it.runIf(existsSync('/dev/full'))('says that its output could not be written', async () => {
  const { status, stderr } = await shell('(phasmoscope run turnstile > /dev/full)');
  expect(stderr).toContain('The result could not be written to standard output');
  expect(status).toBe(2);
});

it.each(['no-exit.ts', 'exit-loop.ts'])(
  'ends with the exit code of a finding whatever %s does when it hears of the end',
  async (file) => {
    const { status, stdout } = await shell(`phasmoscope run ${file}`);
    expect(status).toBe(1);
    expect(stdout).toContain('small');
  },
);

it('says once that a machine file ends the process', async () => {
  const { status, stderr } = await shell('phasmoscope run exits.ts');
  expect(status).toBe(2);
  expect(stderr.match(/error:/g)).toHaveLength(1);
  expect(stderr).toContain('ended the process');
});

it('ends a run whose scenario does not come to its first step, with the place', async () => {
  const { status, stderr } = await shell('phasmoscope run start.ts --time-limit 1s');
  expect(status).toBe(2);
  expect(stderr).toMatch(/The run did not begin within 1 s, at start\.ts:\d+:\d+: /);
});
