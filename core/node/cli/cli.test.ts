import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESULTS_LACKING } from '../../machine/rules.ts';
import { pathOfMachine } from '../load/samples.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { runCommandLine, runCommandProcess } from '../test-helpers/test-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
/** As a process of its own: for what ends or stops it, and once for each exit code. */
const phasmoscopeProcess = (...args: readonly string[]) => runCommandProcess(args, folder);

it('prints its version', async () => {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(await phasmoscope('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
});

describe('export', () => {
  it.each(['itf', 'chrome'])('as %s says what it could not read, and ends with 1', async (as) => {
    await phasmoscope('record', 'counter', '--operations', '5', '--out', 'whole.jsonl');
    const lines = readFileSync(join(folder, 'whole.jsonl'), 'utf8').split('\n');
    writeFileSync(join(folder, 'cut.jsonl'), `${lines.slice(0, 4).join('\n')}\n{"step":`);
    const { status, stdout, stderr } = await phasmoscope(
      'export',
      'cut.jsonl',
      '--as',
      as,
      '--out',
      `cut.${as}.json`,
    );
    expect([status, stdout]).toEqual([1, expect.stringContaining('3 steps written')]);
    expect(stderr).toContain('Only the steps before the damage of cut.jsonl: Line 5');
  });
});

describe.concurrent('run', () => {
  it('counts an action once that is emitted again after a crash', async () => {
    const { stdout } = await phasmoscope('run', 'turnstile', '--faults', 'crashes', '--json');
    const { tallies, finalState } = JSON.parse(stdout);
    // It still waits for what is outstanding, and for nothing twice.
    expect(tallies.waiting).toBeLessThanOrEqual(finalState.nextId - 1);
  });

  it('prints one JSON document', async () => {
    const { status, stdout } = await phasmoscopeProcess(
      ...'run dentist-booking --scenario mixed-operations --seed 12345 --operations 10000 --json'.split(
        ' ',
      ),
    );
    const document = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(document).toMatchObject({
      machine: 'dentist-booking',
      scenario: 'mixed-operations',
      seed: '12345',
      operations: 10_000,
      steps: 10_000,
      tallies: { bookings: 66, conflicts: 9822, paymentFailures: 22 },
      findings: [],
    });
    expect(document.finalState.nextId).toBe(90);
    expect(document.finalState.bookings['Monday 09:15']).toEqual({
      amountPaid: 75,
      aptType: 'Checkup',
      day: 'Monday',
      time: '09:15',
      userId: 201,
    });
    expect(document.finalState.pending['1'].status).toBe('SlotConfirmed');
  });

  it('ends with 1 at a finding', async () => {
    const { status, stdout } = await phasmoscopeProcess(
      'run',
      'dentist-booking-unchecked',
      '--json',
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout).findings).toEqual([
      {
        shape: 'completion Success',
        stepIndex: 77,
        kind: 'invariant',
        name: 'no two bookings overlap',
        message: 'Monday 15:00 overlaps Monday 15:15',
        predicate: expect.stringMatching(/dentist-booking\/machine\.ts:\d+:\d+$/),
      },
    ]);
  });

  it('shows people a table', async () => {
    const { stdout } = await phasmoscope('run', 'dentist-booking', '--operations', '1000');
    expect(stdout).toContain('conflicts');
    expect(stdout).toContain('No findings.');
  });

  it('says which rules there was nothing to ask about, and when that leaves much unsaid', async () => {
    const { stdout } = await phasmoscope('run', 'counter', '--faults', 'chaos');
    expect(stdout).toMatch(/rules +8 of 8/);
    expect(stdout).toMatch(/results update state +never: no result came back\n/);
    // It emits no tracked action, so there is nothing to answer.
    expect(stdout).not.toContain(RESULTS_LACKING);

    const sparing = join(folder, 'unanswered.ts');
    const turnstile = readFileSync(pathOfMachine({ kind: 'sample', name: 'turnstile' }), 'utf8');
    writeFileSync(sparing, turnstile.replace('random.genBool(0.4)', 'random.genBool(0)'));
    const run = await phasmoscope('run', sparing, '--faults', 'storage');
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/ids are deterministic and unique +\d+ times\n/);
    expect(run.stdout).toContain(RESULTS_LACKING);
    const answered = await phasmoscope('run', 'turnstile', '--faults', 'storage');
    expect(answered.stdout).toMatch(/results update state +\d+ times\n/);
    expect(answered.stdout).not.toContain(RESULTS_LACKING);
  });

  it('takes the largest seed', async () => {
    const args = ['run', 'dentist-booking', '--operations', '10', '--json', '--seed'];
    expect(JSON.parse((await phasmoscope(...args, '18446744073709551615')).stdout).seed).toBe(
      '18446744073709551615',
    );
  });

  it.each([
    [['run', 'nowhere'], 'There is no sample and no file named "nowhere"'],
    [['run', join(PACKAGE_ROOT, 'README.md')], 'is not a machine file'],
    [['run', 'dentist-booking', '--seed', '-1'], '"-1" is not a seed'],
    [['run', 'dentist-booking', '--operations', '0'], 'is not a number of operations'],
    [['run', 'dentist-booking', '--scenario', 'x'], 'Choose one of: mixed-operations'],
    [['run', 'dentist-booking', '--faults', 'x'], 'Choose one of: none, crashes'],
    [['run', 'dentist-boking'], 'Did you mean "dentist-booking"? Give the path'],
    [['run', 'dentist-booking', '--scenario', 'mixed'], 'Did you mean "mixed-operations"?'],
    [['run', 'dentist-booking', '--faults', 'chaso'], 'Did you mean "chaos"?'],
    [['run', 'nowhere.ts'], 'The file nowhere.ts does not exist.'],
    [['open', 'x.jsonl', '--view', 'sidebyside'], 'Did you mean "side-by-side"?'],
    [['run'], 'No machine is given.'],
    [['dance'], "unknown command 'dance'"],
    [['record', 'dentist-booking'], "required option '--out <file>'"],
  ])('refuses %j with 2 and the remedy', async (args, remedy) => {
    const { status, stdout, stderr } = await phasmoscope(...args, '--json');
    expect(status).toBe(2);
    expect(stderr).toContain(remedy);
    expect(JSON.parse(stdout).error.title).not.toBe('');
  });
});

describe.concurrent('a machine that breaks out of its steps', () => {
  const machine = (name: string, body: string, more = '') => {
    const path = join(folder, `${name}.ts`);
    writeFileSync(
      path,
      `import { defineScenario, ok } from 'phasmoscope';
      export const machine = {
        name: '${name}', description: '', initialState: () => ({ n: 0 }),
        stf(state) { ${body} },
        restore: () => ok(), invariants: {}, ${more}
      };
      let isStarted = false;
      export const scenarios = [defineScenario({
        name: 's', description: '', defaults: { seed: '1', operations: 3 },
        start: () => ({ next: () => { isStarted = true; return { kind: 'normal', input: 1 }; }, observe() {}, tallies: () => ({}) }),
      })];`,
    );
    return path;
  };

  it('by printing, leaves standard output to the answer', async () => {
    const path = machine('prints', "console.log('hello'); return ok();");
    const { status, stdout, stderr } = await phasmoscopeProcess('run', path, '--json');
    expect([status, JSON.parse(stdout).steps]).toEqual([0, 3]);
    const { output } = JSON.parse(stdout);
    expect(output[0]).toEqual({ stepIndex: 0, level: 'log', text: 'hello' });
    expect(stderr).toBe('');
  });

  it.each(['run', 'record', 'sweep'])(
    'by printing, does not command a terminal: %s',
    async (command) => {
      const path = machine(
        'clears',
        String.raw`console.log('\u001b[2Jlog\rover'); console.error('\u001b]0;title\u0007'); throw new Error('no');`,
      );
      const more = { run: [], record: ['--out', `${path}.jsonl`], sweep: ['--count', '1'] }[
        command
      ];
      const { stdout, stderr } = await phasmoscopeProcess(command, path, ...(more ?? []));
      // In a sweep, it stands beside the example.
      expect(stdout + stderr).toContain(String.raw`\u001b[2Jlog\rover`);
      expect(stdout + stderr).toContain(String.raw`error  \u001b]0;title\u0007`);
      expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u);
    },
  );

  it.each([
    [
      'exits',
      'return ok();',
      'ended the process',
      'get waivers() { if (isStarted) process.exit(0); }',
    ],
    [
      'floats',
      "Promise.reject(new Error('lost')); return ok();",
      'outside its steps, at floats.ts:',
    ],
  ])('as %s does, is no run without findings', async (name, body, reason, more = '') => {
    const { status, stdout } = await phasmoscopeProcess('run', machine(name, body, more), '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error.title).toContain(reason);
  });
});

describe.concurrent('a run that does not come on', () => {
  /** A file without types, as one is written in haste; `body` is what its third step does. */
  const machine = (name: string, body: string) => {
    const path = join(folder, `${name}.ts`);
    writeFileSync(
      path,
      `import { ok } from 'phasmoscope';
      export const machine: any = {
        name: '${name}', description: '', initialState: () => ({ n: 0 }),
        stf(state: any) {
          if (state.current.n === 2) { ${body} }
          state.update((draft: any) => { draft.n += 1; });
          return ok();
        },
        restore: () => ok(), invariants: {},
      };
      export const scenarios: any = [{
        name: 's', description: '', defaults: { seed: '1', operations: 5 },
        start: () => ({ next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}) }),
      }];`,
    );
    return path;
  };

  it('finds where it stands still', async ({ expect: check }) => {
    const path = machine('stands-still', 'for (;;);');
    const { status, stdout } = await phasmoscopeProcess('run', path, '--time-limit', '200ms');
    check(status).toBe(1);
    check(stdout).toContain('hang: every step ends  step 2; input number');
    check(stdout).toMatch(/did not end within 200 ms\. \(stands-still\.ts:\d+:\d+\)/);
  });

  it('leaves no half of a file behind when it ends', async ({ expect: check }) => {
    const path = machine('never-answers', 'return new Promise(() => {});');
    const { status } = await phasmoscopeProcess(
      'record',
      path,
      '--out',
      join(folder, 'never.jsonl'),
      '--time-limit',
      '200ms',
    );
    check(status).toBe(1);
    check(readdirSync(folder).filter((name) => name.startsWith('never.'))).toEqual(['never.jsonl']);
  });
});

describe.concurrent('record and verify', () => {
  it('agree, and a changed trace differs at its step', async () => {
    const file = join(folder, 'a.jsonl.gz');
    const recorded = await phasmoscope(
      ...`record dentist-booking --operations 300 --faults crashes --out ${file} --json`.split(' '),
    );
    // The faithful machine would lose actions in a crash: findings, and a trace all the same.
    expect(recorded.status).toBe(1);
    expect(JSON.parse(recorded.stdout).out).toBe(file);
    const verified = await phasmoscope('verify', file, '--json');
    expect(verified.status).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ agrees: true, sameSource: true });

    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    lines[11] =
      lines[11]?.replace(
        /"outcome":\{[^}]*\}(?:\})?/,
        '"outcome":{"kind":"panic","error":{"name":"E","message":"m"}}',
      ) ?? '';
    const changed = join(folder, 'changed.jsonl');
    writeFileSync(changed, lines.join('\n'));
    const differs = await phasmoscope('verify', changed, '--json');
    expect(differs.status).toBe(1);
    expect(JSON.parse(differs.stdout)).toMatchObject({
      agrees: false,
      difference: { kind: 'step', stepIndex: 10, fields: ['outcome'] },
    });
    expect((await phasmoscope('verify', changed)).stdout).toContain(
      'Step 10 went differently: outcome',
    );
  });

  it.each(['run', 'record'])('%s says that a scenario has made no operation', async (command) => {
    const file = join(folder, 'idle.ts');
    writeFileSync(
      file,
      `import { defineMachine, defineScenario, ok } from 'phasmoscope';
      export const machine = defineMachine({ name: 'idle', description: '', initialState: () => ({ n: 0 }),
        stf: () => ok(), restore: () => ok(), invariants: {} });
      export const scenarios = [defineScenario({ name: 'nothing', description: '',
        defaults: { seed: '1', operations: 5 }, start: () => ({ next: () => undefined, observe() {}, tallies: () => ({}) }) })];`,
    );
    const out = command === 'record' ? ['--out', join(folder, 'idle.jsonl')] : [];
    const { status, stdout } = await phasmoscope(command, file, ...out);
    expect([status, stdout]).toEqual([0, expect.stringContaining('nothing was tried')]);
  });

  it('verifies what is before the damage of a file, and says so', async () => {
    const file = join(folder, 'b.jsonl');
    await phasmoscope('record', 'dentist-booking', '--operations', '50', '--out', file);
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, 20).join('\n'));
    const { status, stdout, stderr } = await phasmoscope('verify', file);
    expect(status).toBe(1);
    expect(stderr).toContain('was cut short');
    expect(stdout).toContain('The 19 steps before the damage agree with the machine.');
  });

  it('compares the initial state itself, whatever digest is written beside it', async () => {
    const file = join(folder, 'i.jsonl');
    await phasmoscope('record', 'turnstile', '--operations', '5', '--out', file);
    const text = readFileSync(file, 'utf8').replace(
      '"initialState":{"coins":0',
      '"initialState":{"coins":777',
    );
    writeFileSync(file, text);
    const { status, stdout } = await phasmoscope('verify', file);
    expect([status, text]).toEqual([1, expect.stringContaining('777')]);
    expect(stdout).toContain('The initial states differ');
    expect(stdout).not.toContain('agree');
  });

  it('never runs a file that a trace names', async () => {
    const file = join(folder, 'c.jsonl');
    await phasmoscope('record', 'dentist-booking', '--operations', '5', '--out', file);
    const machine = join(folder, 'evil.ts');
    writeFileSync(machine, 'throw new Error("ran");');
    const text = readFileSync(file, 'utf8').replace(
      '"machine":"dentist-booking"',
      `"machine":"${machine}"`,
    );
    writeFileSync(file, text);
    const { status, stderr } = await phasmoscope('verify', file);
    expect(status).toBe(2);
    expect(stderr).toContain('--machine PATH');
    expect(stderr).not.toContain('ran');
  });
});

it('machines lists the samples with their scenarios', async () => {
  const { machines } = JSON.parse((await phasmoscope('machines', '--json')).stdout);
  expect(machines.map(({ name }: { name: string }) => name)).toContain('dentist-booking');
  expect(machines[0].scenarios.map(({ name }: { name: string }) => name)).toEqual([
    'mixed-operations',
    'high-contention',
    'payment-failures',
    'auto-selection',
    'sparse-schedule',
    'long',
    'stress',
  ]);
});
