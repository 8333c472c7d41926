import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const linesOf = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
const headerOf = (file: string) => JSON.parse(linesOf(file)[0] as string);

async function record(machine: string, seed: number, operations: number, out: string) {
  const run = ['--seed', `${seed}`, '--operations', `${operations}`, '--faults', 'chaos'];
  await phasmoscope('record', machine, ...run, '--out', out);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-what-if-'));
  await record('dentist-booking-unchecked', 1, 60, 'run.jsonl');
  await record('dentist-booking-unchecked', 1, 20, 'short.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('fork', () => {
  it('records a trace of its own, which begins with the lines of its parent', async () => {
    const args = ['fork', 'run.jsonl', '--at', '14', '--crash', '--out', 'fork.jsonl', '--json'];
    const { status, stdout } = await phasmoscope(...args);
    const told = JSON.parse(stdout);
    expect([status, told.from, told.fork]).toEqual([1, 15, 'The process crashes after step 14']);
    expect(linesOf('fork.jsonl').slice(1, 16)).toEqual(linesOf('run.jsonl').slice(1, 16));
    expect(headerOf('fork.jsonl').forks).toEqual([
      {
        from: 15,
        changes: [{ kind: 'crash', after: 14, dispatched: 0 }],
        goesOn: 'sameOperations',
      },
    ]);
    const verified = await phasmoscope('verify', 'fork.jsonl');
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('agree')]);
  });

  it('forks a fork, and carries its whole descent', async () => {
    await phasmoscope('fork', 'run.jsonl', '--at', '14', '--crash', '--out', 'one.jsonl');
    await phasmoscope('fork', 'one.jsonl', '--at', '9', '--new-draws', '7', '--out', 'two.jsonl');
    const { forks } = headerOf('two.jsonl');
    expect(forks).toHaveLength(2);
    expect(forks[1]).toEqual({ from: 10, changes: [], goesOn: 'newDraws', seed: '7' });
    expect((await phasmoscope('verify', 'two.jsonl')).status).toBe(0);
    const test = await phasmoscope('export-test', 'two.jsonl', '--out', 'two.test.ts');
    expect(test.stdout).toContain('fails until the machine keeps');
  });

  it('says that a cause may be gone for the source was changed', async () => {
    const source = (limit: number) => `
      import { ok } from 'phasmoscope';
      export const machine = {
        name: 'counts', description: '', initialState: () => ({ n: 0 }),
        stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
        restore: () => ok(), invariants: { small: ({ n }) => n < ${limit} },
      };
      export const scenarios = [{
        name: 's', description: '', defaults: { seed: '1', operations: 9 },
        start: () => ({
          next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
        }),
      }];`;
    writeFileSync(join(folder, 'counts.ts'), source(7));
    await phasmoscope('record', 'counts.ts', '--out', 'counts.jsonl');
    const args = ['fork', 'counts.jsonl', '--machine', 'counts.ts', '--at', '3', '--crash'];
    expect((await phasmoscope(...args)).stdout).not.toContain('source was changed');
    writeFileSync(join(folder, 'counts.ts'), source(70));
    const { stdout } = await phasmoscope(...args);
    expect(stdout).toMatch(/1 cause gone[^]*source was changed since the parent was recorded/);
    expect(JSON.parse((await phasmoscope(...args, '--json')).stdout).sameSource).toBe(false);
  });

  it('takes changes from a file, as the header of a fork has them', async () => {
    await phasmoscope('fork', 'run.jsonl', '--at', '3', '--drop', '--out', 'drop.jsonl');
    writeFileSync(join(folder, 'fork.json'), JSON.stringify(headerOf('drop.jsonl').forks[0]));
    writeFileSync(join(folder, 'changes.json'), JSON.stringify([{ kind: 'drop', at: 3 }]));
    for (const file of ['fork.json', 'changes.json']) {
      await phasmoscope('fork', 'run.jsonl', '--changes', file, '--out', 'again.jsonl');
      expect(linesOf('again.jsonl')).toEqual(linesOf('drop.jsonl'));
    }
  });

  it('says which findings are gone', async () => {
    await phasmoscope('shrink', 'short.jsonl', '--out', 'gone.jsonl');
    const out = ['--out', 'passing.jsonl'];
    const { status, stdout } = await phasmoscope(
      'fork',
      'gone.jsonl',
      '--at',
      '0',
      '--remove',
      ...out,
    );
    expect([status, stdout]).toEqual([0, expect.stringMatching(/1 cause gone[^]*No findings/)]);
    // It descends from a run that was shrunk, of whose steps none is left.
    expect(headerOf('passing.jsonl').shrunkFrom.stepIndices).toEqual([]);
    expect((await phasmoscope('verify', 'passing.jsonl')).status).toBe(0);
  });

  it('says of each cause in JSON what it is, and where it is found in both runs', async () => {
    const args = ['fork', 'run.jsonl', '--at', '14', '--crash', '--json'];
    const { added, moved } = JSON.parse((await phasmoscope(...args)).stdout);
    const place = { stepIndex: expect.any(Number), count: expect.any(Number) };
    const cause = {
      kind: expect.any(String),
      name: expect.any(String),
      shape: expect.any(String),
      message: expect.any(String),
    };
    expect(moved.length).toBeGreaterThan(0);
    for (const one of moved) {
      expect(one).toEqual({ ...cause, step: one.after.stepIndex, before: place, after: place });
    }
    const without = ['fork', 'run.jsonl', '--at', `${moved[0].before.stepIndex}`, '--remove'];
    const told = JSON.parse((await phasmoscope(...without, '--json')).stdout);
    expect(told.gone.length).toBeGreaterThan(0);
    for (const one of told.gone) {
      expect(one).toEqual({ ...cause, step: one.before.stepIndex, before: place });
    }
    for (const one of [...added, ...told.added]) {
      expect(one).toEqual({ ...cause, step: one.after.stepIndex, after: place });
    }
    // The shape distinguishes causes of the same name.
    const keys = [...told.gone, ...told.added, ...told.moved].map((one) =>
      [one.kind, one.name, one.shape].join(),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('takes a result that the run has, or one as JSON', async () => {
    const kept = await phasmoscope('fork', 'run.jsonl', '--at', '20', '--deliver', '3', '--json');
    expect(JSON.parse(kept.stdout).fork).toMatch(/arrives before step 21/);
    const other = ['--deliver', '3={"kind":"Failed","reason":"late"}', '--json'];
    const given = await phasmoscope('fork', 'run.jsonl', '--at', '20', ...other);
    expect(JSON.parse(given.stdout).fork).toMatch(
      /Failed of tracked action 3 arrives before step 21/,
    );
  });

  it.each([
    [['--at', '14'], 'The fork changes nothing'],
    [['--crash'], 'The step of the parent is missing'],
    [['--at', '99999', '--crash'], 'There is no step 99999'],
    [['--at', '14', '--goes-on', 'new'], 'The seed of the new draws is missing'],
    [['--at', '14', '--fail-commit', '--refuse', '0'], 'Only one fault can strike'],
    [['--at', '14', '--input', '{'], 'is not a value in JSON'],
    [['--at', '0', '--twice'], 'brings no result that could come twice'],
    [['--at', '14', '--input', '1'], 'needs a step of the kind normal'],
    [['--at', '14', '--deliver', '99'], 'has no result for the action 99'],
  ])('refuses %j', async (args, problem) => {
    const { status, stderr } = await phasmoscope('fork', 'run.jsonl', ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});

describe.each(['room-reservation', 'parcel-locker-python', 'payment-ledger'])('%s', (machine) => {
  it.each(['same', 'scenario'])('forks, and goes on with %s', async (how) => {
    await record(machine, 3, 60, `${machine}.jsonl`);
    const fork = ['fork', `${machine}.jsonl`, '--at', '20', '--crash', '--goes-on', how];
    const { stdout, status } = await phasmoscope(...fork, '--out', 'fork.jsonl', '--json');
    expect(status).toBe(0);
    // The state of a process is loaded into it; that of a database has to be made again.
    expect(JSON.parse(stdout).isPastExecuted).toBe(machine !== 'parcel-locker-python');
    expect((await phasmoscope('verify', 'fork.jsonl')).status).toBe(0);
  });
});

describe('explain', () => {
  it('says why a run fails, and which of its parts it needs', async () => {
    const args = ['--finding', 'results update state', '--json'];
    const { status, stdout } = await phasmoscope('explain', 'short.jsonl', ...args);
    const { sentences, parts, finding } = JSON.parse(stdout);
    expect([status, finding.name]).toEqual([1, 'results update state']);
    // Only what restore asks after the crash is answered with "pending".
    expect(sentences[0]).toBe('Fails because the process crashes (step 12).');
    expect(sentences.length).toBeLessThan(8);
    const step14 = parts.find(({ step, kind }: { step: number; kind: string }) =>
      step === 14 ? kind === 'completion' : false,
    );
    expect(step14.need).not.toBe('notNeeded');
  });

  it('is part of what shrinking prints', async () => {
    const args = ['--finding', 'results update state', '--out', 'least.jsonl'];
    const { stdout } = await phasmoscope('shrink', 'short.jsonl', ...args);
    // Nothing is answered with "pending" but the question that restore asks after a crash.
    expect(stdout).toMatch(
      /Fails because the process crashes before Preauth is sent \(step \d+\)\./,
    );
  });

  it('names what it did not find', async () => {
    const { status, stderr } = await phasmoscope('explain', 'run.jsonl', '--finding', 'no such');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no finding "no such"')]);
  });
});
