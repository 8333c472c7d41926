import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadMachine } from '../load/machine-loader.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { COUNTER_FOLDER, counterCommand, counterMachine } from '../test-helpers/test-process.ts';
import { checkConformance, type Check } from './conformance.ts';
import { PROTOCOL_VERSIONS } from './protocol.ts';

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, COUNTER_FOLDER);
const checkCounter = (beginning: string, ...options: readonly string[]) =>
  phasmoscope('check-machine', ...options, '--json', '--', ...counterCommand(beginning));

/** A machine file whose scenario gives an input again and again. */
function writeMachine(name: string, input: string, ...args: readonly string[]): string {
  const path = join(COUNTER_FOLDER, name);
  const declared = { ...counterMachine(), command: counterCommand(...args) };
  writeFileSync(
    path,
    `import { childProcess, defineScenario } from 'phasmoscope';
export const machine = childProcess(${JSON.stringify(declared)});
export const scenarios = [defineScenario({
  name: 'again',
  description: 'One input again and again.',
  defaults: { seed: '1', operations: 6 },
  start: () => ({
    next: () => ({ kind: 'normal', input: ${JSON.stringify(input)} }),
    observe() {},
    tallies: () => ({}),
  }),
})];
`,
  );
  return path;
}

function writeInputs(...inputs: readonly unknown[]): string {
  const path = join(COUNTER_FOLDER, `inputs-${inputs.length}.json`);
  writeFileSync(path, JSON.stringify(inputs));
  return path;
}

const SOUND = writeMachine('sound.ts', 'add');

describe.concurrent('a machine in a process, from the command line', () => {
  it('is run', async () => {
    const run = await phasmoscope('run', SOUND, '--json');
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      machine: 'counter',
      finalState: { n: 6 },
      findings: [{ stepIndex: 2, kind: 'invariant', name: 'small' }],
    });
  });

  it('is recorded, verified and shrunk', async () => {
    await phasmoscope('record', SOUND, '--out', 'trace.jsonl');
    const verified = await phasmoscope('verify', 'trace.jsonl', '--machine', SOUND, '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ agrees: true, sameSource: true, steps: 6 });
    const args = ['trace.jsonl', '--machine', SOUND, '--out', 'minimal.jsonl', '--json'];
    expect(JSON.parse((await phasmoscope('shrink', ...args)).stdout)).toMatchObject({ steps: 3 });
  });

  it('is swept on threads', async () => {
    const { stdout } = await phasmoscope(
      'sweep',
      SOUND,
      '--count',
      '4',
      '--workers',
      '2',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      seeds: 4,
      broken: [],
      groups: [{ kind: 'invariant', name: 'small', count: 4 }],
    });
  });

  it('that ends in every step is a finding of the sweep, and not its end', async () => {
    const path = writeMachine('exits.ts', 'exits');
    const { stdout } = await phasmoscope(
      'sweep',
      path,
      '--count',
      '2',
      '--operations',
      '2',
      '--workers',
      '1',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      seeds: 2,
      broken: [],
      groups: [{ kind: 'panic', name: 'ProcessEnded', count: 2 }],
    });
  });

  it.each([
    ['version', 'it speaks version 3 of the protocol'],
    ['exits', 'ended with exit code 3'],
    ['garbage', 'is not a message while it was asked for initialize: "loading..."'],
  ])('that does not begin is refused: %s', async (beginning, cause) => {
    const path = writeMachine(`begins-${beginning}.ts`, 'add', beginning);
    const { status, stderr } = await phasmoscope('run', path);
    expect(status).toBe(2);
    expect(stderr).toContain(cause);
  });
});

describe.concurrent('check-machine', () => {
  it('finds nothing wrong with a sound process', async () => {
    const inputs = writeInputs('add', 'refuse', 'act', {
      kind: 'trackedActionCompleted',
      id: 1,
      result: 'x',
    });
    const { status, stdout } = await checkCounter('sound', '--inputs', inputs);
    const { checks, failed } = JSON.parse(stdout);
    expect(checks.filter((check: { status: string }) => check.status !== 'passed')).toEqual([]);
    expect([status, failed]).toEqual([0, 0]);
  });

  it('says what needs inputs', async () => {
    const { status, stdout } = await checkCounter('sound');
    expect(status).toBe(0);
    for (const version of PROTOCOL_VERSIONS) {
      expect(JSON.parse(stdout).checks).toContainEqual({
        name: 'stf answers each input',
        version,
        status: 'not applicable',
        cause: 'no inputs were given: --inputs FILE, a JSON array of inputs',
      });
    }
  });

  it.each([
    ['hidden', 'the same input from the same state has the same answer', 'expected'],
    [
      'pid',
      'another process gives the same answers',
      'the answers of another process at [0].state.n: ',
    ],
    [
      'far',
      'the same input from the same state has the same answer',
      'at actions[0].action: expected …x',
    ],
    ['changeAndRefuse', 'an error leaves the state as it was', 'after the error at stf'],
    ['shapeless', 'stf answers each input', 'outcome', 'Give the field "outcome" as {"kind":"ok"}'],
    ['badState', 'stf answers each input', '"$what" is not a known encoding', 'starts with $'],
    ['garbage', 'stf answers each input', '"debug: here"'],
    ['panic', 'stf answers each input', 'too far'],
    ['late', 'stf answers each input', 'no answer to stf in 1000 ms'],
  ])('reports what is wrong with the input %s', async (input, name, cause, remedy = '') => {
    const path = join(COUNTER_FOLDER, `inputs-${input}.json`);
    writeFileSync(path, JSON.stringify([input]));
    const { status, stdout } = await checkCounter(
      'sound',
      '--inputs',
      path,
      '--time-limit',
      '1000',
    );
    expect(status).toBe(1);
    const found = JSON.parse(stdout).checks.filter((one: Check) => one.name === name);
    expect(found.map((one: Check) => one.version)).toEqual([2, 1]);
    for (const check of found) {
      expect(check).toMatchObject({ status: 'failed' });
      expect(check.cause).toContain(cause);
      expect(check.remedy).toMatch(/./);
      expect(check.remedy).toContain(remedy);
    }
  });

  it.each<[mode: string, name: string, remedy: readonly string[], version?: number]>([
    ['version', 'it starts and answers initialize', ['"protocolVersion"', '"versions"'], 1],
    ['stateless', 'its state is an encoded object', ['"state"', 'an object']],
    ['scalar', 'its state is an encoded object', ['"state"', 'an object']],
    ['twins', 'each invariant has a name of its own', ['"invariants"', 'only once']],
    ['anonymous', 'checkInvariants names what initialize named', ['"invariants"', 'no others']],
    ['shapeless', 'checkInvariants names what initialize named', ['"small"', 'true']],
    ['shapeless', 'saveState and loadState bring back the very same state', ['"state"', 'object']],
    ['lossy', 'saveState and loadState bring back the very same state', ['"state"', 'rounding']],
    ['polite', 'an unknown method is an error, and does not end it', ['"error"']],
    [
      'careless',
      'parameters that are missing are an error, and change nothing',
      ['"input"', '"error"'],
    ],
    ['silentState', 'the state that stf sends is the one that it keeps', ['"state"', '"changes"']],
    ['silentState', 'steps one after the other lead to the same states', ['"state"', '"changes"']],
    ['deaf', 'a refused action is reported to the machine', ['"refuseAction"', '"actions"']],
    [
      'loud',
      'restore emits tracked actions only, and leaves the state',
      ['Rule "restore is pure"'],
    ],
    [
      'writing',
      'restore emits tracked actions only, and leaves the state',
      ['Rule "restore is pure"', '"state"'],
    ],
    ['forgetful', 'undo brings back the state from before the step', ['undo {}']],
    ['noisy', 'nothing but messages comes on standard output', ['only messages']],
    ['lingers', 'it ends when its standard input ends', ['standard input']],
    ['hidden', 'the same input from the same state has the same answer', ['Rule "determinism"']],
    ['pid', 'another process gives the same answers', ['Rule "determinism"', '"outcome"']],
    ['changeAndRefuse', 'an error leaves the state as it was', ['Rule "atomicity"', '"outcome"']],
    ['panic', 'stf answers each input', ['"error"', '"outcome"']],
    ['unfit', 'stf answers each input', ['"changes"', 'in order']],
    ['unsaid', 'the state that stf sends is the one that it keeps', ['"changes"']],
    ['differs', 'its steps are the same in version 2', ['"changes"', '"state"'], 1],
  ])('names the field and the rule for %s: %s', async (mode, name, remedy, version) => {
    const isInput = /hidden|pid|changeAndRefuse|panic|unfit|unsaid|differs/.test(mode);
    const start = {
      command: counterCommand(isInput ? 'sound' : mode),
      folder: COUNTER_FOLDER,
      timeLimitMs: 5_000,
    };
    const inputs = ['add', 'act', isInput ? mode : 'look'];
    const checks = await checkConformance(
      start,
      inputs.map((input) => ({ kind: 'normal', input })),
    );
    const check = checks.find((one) => one.name === name && one.version === (version ?? 2));
    expect(check).toMatchObject({ status: 'failed' });
    for (const part of remedy) expect(check?.remedy).toContain(part);
  });

  it('checks a process of the first version, which it calls by that', async () => {
    const { status, stdout } = await checkCounter('first', '--inputs', writeInputs('add'));
    const { checks, versions } = JSON.parse(stdout);
    expect([status, versions]).toEqual([0, [1]]);
    expect(new Set(checks.map((check: Check) => check.version))).toEqual(new Set([1]));
  });

  it('asks no more than version 2 of a process that speaks only that', async () => {
    const { status, stdout } = await checkCounter('second', '--inputs', writeInputs('add'));
    const { checks } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(checks.at(-1)).toMatchObject({ name: 'it speaks version 1', status: 'not applicable' });
  });

  it('stops where nothing more can be checked, and reports why', async () => {
    const { status, stdout } = await phasmoscope(
      'check-machine',
      '--',
      ...counterCommand('version'),
    );
    expect(status).toBe(1);
    expect(stdout).toContain(
      'it speaks version 3 of the protocol, and Phasmoscope versions 1 and 2',
    );
    expect(stdout).toContain('It fails 1 of 1 checks.');
  });

  it.each([
    [['phasmoscope-no-such-program'], 'there is no such program'],
    [['node', '--inputs', 'nowhere.json'], 'nowhere.json could not be read'],
    [['node', '--time-limit', 'soon'], '"soon" is not a number of milliseconds'],
  ])('refuses %j', async (args, cause) => {
    const { status, stderr } = await phasmoscope('check-machine', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(cause);
  });
});

it('gives a machine another digest when a file of its command is another', async () => {
  const one = await loadMachine(SOUND);
  await one.close();
  const script = join(COUNTER_FOLDER, 'counter.cjs');
  writeFileSync(script, `${readFileSync(script, 'utf8')}\n// edited\n`);
  const other = await loadMachine(SOUND);
  await other.close();
  expect(other.sourceHash).not.toBe(one.sourceHash);
});

describe.concurrent('when a command is ended, nothing that it started goes on', () => {
  const command = join(import.meta.dirname, '../../../electron/scripts/phasmoscope.mjs');
  const writeSpinning = (signal: string, input: string, beginning: string) => {
    const pidFile = join(COUNTER_FOLDER, `pid-${signal}-${beginning}`);
    const path = writeMachine(`ended-${signal}-${beginning}.ts`, input);
    // Behind a shell, which is the program that the command names.
    const [node, ...args] = counterCommand(beginning, pidFile);
    const shell = ['sh', '-c', `"$0" ${args.join(' ')}; true`, node];
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, source.replace(JSON.stringify(counterCommand()), JSON.stringify(shell)));
    return { path, pidFile };
  };

  it.each([
    ['SIGKILL', 'loads', 'spins'],
    ['SIGINT', 'loads', 'spins'],
    ['SIGTERM', 'loads', 'spins'],
    ['SIGINT', 'steps', 'sound'],
    ['SIGTERM', 'steps', 'sound'],
    ['SIGKILL', 'steps', 'sound'],
  ] as const)('by %s while its machine %s in an endless loop', async (signal, _, beginning) => {
    const { path, pidFile } = writeSpinning(signal, 'spin', beginning);
    const child = spawn(process.execPath, [command, 'run', path, '--operations', '1000000']);
    // The file is there before its content is.
    const pid = await vi.waitFor(() => {
      const written = Number(readFileSync(pidFile, 'utf8'));
      expect(written).toBeGreaterThan(0);
      return written;
    }, 60_000);
    child.kill(signal);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 60_000);
  });
});
