import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-query-'));
  mkdirSync(join(folder, 'traces'));
  mkdirSync(join(folder, 'counts'));
  for (const seed of ['1', '2']) {
    const settings = ['--scenario', 'mixed-operations', '--operations', '300', '--seed', seed];
    const out = join('traces', `${seed}.jsonl`);
    await phasmoscope('record', 'dentist-booking', ...settings, '--out', out);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

it('finds the steps of each trace of a folder', async () => {
  const where = 'outcome.kind == "err" && outcome.error.kind == "NoSlotFound"';
  const { status, stdout } = await phasmoscope('query', 'traces', '--where', where, '--json');
  const { files } = JSON.parse(stdout);
  expect(status).toBe(0);
  expect(files.map(({ file }: { file: string }) => file)).toEqual([
    join('traces', '1.jsonl'),
    join('traces', '2.jsonl'),
  ]);
  for (const { steps } of files) expect(steps.length).toBeGreaterThan(0);
});

it('asks an invariant afterwards, and ends with 1 where it is broken', async () => {
  const kept = await phasmoscope('query', 'traces', '--always', 'size(state.bookings) < 1000');
  expect([kept.status, kept.stdout]).toEqual([0, expect.stringContaining('Broken in 0 of 2')]);
  const broken = await phasmoscope(
    'query',
    join('traces', '1.jsonl'),
    '--always',
    'size(state.bookings) < 5',
    '--first',
  );
  expect([broken.status, broken.stdout]).toEqual([1, expect.stringMatching(/step \d+/)]);
});

it('asks of the start only what says something of it', async () => {
  const first = join('traces', '1.jsonl');
  const ofSteps = await phasmoscope('query', first, '--always', 'kind != "start"');
  expect([ofSteps.status, ofSteps.stdout]).toEqual([
    0,
    expect.stringContaining('Broken in 0 of 1'),
  ]);
  const ofStates = await phasmoscope(
    'query',
    first,
    '--always',
    'size(state.bookings) > 0',
    '--first',
  );
  expect([ofStates.status, ofStates.stdout]).toEqual([1, expect.stringContaining('start')]);
});

it('names the place of what cannot be read', async () => {
  const { status, stderr } = await phasmoscope('query', 'traces', '--where', 'state.n >> 2');
  expect(status).toBe(2);
  expect(stderr).toContain('The expression cannot be read');
  expect(stderr).toContain('         ^');
  const deep = await phasmoscope(
    'query',
    'traces',
    '--where',
    `${'('.repeat(900)}1${')'.repeat(900)}`,
  );
  expect(deep.stderr).toContain('nested in more than');
  expect(Math.max(...deep.stderr.split('\n').map((line) => line.length))).toBeLessThan(200);
  const none = await phasmoscope('query', 'traces');
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('--where EXPRESSION')]);
});

it.each([
  ['query', '--where'],
  ['query', '--always'],
  ['steps', '--where'],
])(
  'refuses an expression that is too long, without a copy of it: %s %s',
  async (command, option) => {
    const expression = '1'.repeat(20_000);
    const trace = join('traces', '1.jsonl');
    const { status, stdout, stderr } = await phasmoscope(command, trace, option, expression);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The expression has 20 000 characters.');
    expect(stderr).toContain('the limit is 10 000 characters');
    expect(stderr).not.toContain('1111');
  },
);

it('finds the steps about a record, or says which records there are', async () => {
  const file = join('traces', '1.jsonl');
  const { status, stdout } = await phasmoscope('query', file, '--record', 'request/1', '--json');
  const [{ steps }] = JSON.parse(stdout).files;
  expect(status).toBe(0);
  expect(steps[0]).toMatchObject({ ways: ['wrote', 'emitted'], phase: 'AwaitingPreauth' });
  expect(steps[1]).toMatchObject({ ways: ['wrote', 'completed'] });

  const none = await phasmoscope('query', file, '--record', 'request/9999');
  expect(none.status).toBe(2);
  expect(none.stderr).toContain('The kinds are: request, booking');
  expect(none.stderr).toContain('request/1,');
});

it('counts the transitions of records over all traces', async () => {
  const { status, stdout } = await phasmoscope('query', 'traces', '--lifecycle', '--json');
  const [{ machine, traces, lifecycles }] = JSON.parse(stdout).machines;
  expect([status, machine, traces]).toEqual([0, 'dentist-booking', 2]);
  const [request] = lifecycles;
  expect(request).toMatchObject({ record: 'request', field: 'status', isDeclared: true });
  const confirmed = request.transitions.find(({ to }: { to: string }) => to === 'SlotConfirmed');
  expect(confirmed).toMatchObject({
    from: 'AwaitingPreauth',
    verdict: 'declared',
    first: { file: join('traces', '1.jsonl') },
  });
  expect(confirmed.count).toBeGreaterThan(10);

  const both = await phasmoscope('query', 'traces', '--lifecycle', '--where', 'step > 1');
  expect([both.status, both.stderr]).toEqual([2, expect.stringContaining('there are several')]);
});

it('ends with 1 where a transition is not declared', async () => {
  const file = join(folder, 'chaos.jsonl');
  const settings = ['--seed', '7', '--operations', '400', '--faults', 'chaos', '--out', file];
  await phasmoscope('record', 'dentist-booking', '--scenario', 'mixed-operations', ...settings);
  const { status, stdout } = await phasmoscope('query', file, '--lifecycle');
  expect(status).toBe(1);
  expect(stdout).toMatch(/SlotConfirmed → SlotTaken +\d+ +not declared, first at step \d+ of /);
});

it.each(['state.nope == 1', 'state.bookings', '1', 'size(state.bookings)'])(
  'does not pass %s, which is neither true nor false',
  async (expression) => {
    for (const option of ['--where', '--always']) {
      const { status, stdout, stderr } = await phasmoscope('query', 'traces', option, expression);
      expect([option, status]).toEqual([option, 2]);
      expect(stdout).toContain('No answer at any step');
      expect(stderr).toContain('neither true nor false at any step');
    }
  },
);

it('counts steps, and names the initial state apart from them', async () => {
  const file = join('traces', '1.jsonl');
  const said = async (where: string) => (await phasmoscope('query', file, '--where', where)).stdout;
  const cases = [
    ['size(state.pending) >= 0', 'start and 300 steps: 0, 1, 2, '],
    ['step <= 0', 'start and step 0\n'],
    ['step < 0', 'start\n'],
    ['step == 7', '  step 7\n'],
    ['step == 7 || step == 9', '2 steps: 7, 9\n'],
  ] as const;
  for (const [where, words] of cases) expect(await said(where)).toContain(words);
});

it('counts the steps without an answer', async () => {
  const file = join('traces', '1.jsonl');
  const { status, stdout } = await phasmoscope(
    'query',
    file,
    '--where',
    'state.pending[1].id == 1',
    '--json',
  );
  const [{ asked, without, steps }] = JSON.parse(stdout).files;
  expect(status).toBe(0);
  expect(asked).toBe(301);
  expect(without).toBeGreaterThan(0);
  expect(steps).toHaveLength(asked - without);
});

it('asks an invariant of the newest source of the machine', async () => {
  const source = join(folder, 'counter.ts');
  const write = (limit: number) => writeFileSync(source, counterSource(limit));
  write(100);
  for (const seed of ['1', '2']) {
    await phasmoscope('record', source, '--seed', seed, '--out', join('counts', `${seed}.jsonl`));
  }
  const ask = (...more: readonly string[]) =>
    phasmoscope('query', 'counts', '--invariant', 'n is small', '--machine', source, ...more);
  const kept = await ask();
  expect([kept.status, kept.stdout]).toEqual([0, expect.stringContaining('Broken in 0 of 2')]);

  // The traces stay as they are; what is asked of them is new.
  write(7);
  const broken = await ask('--json');
  const { invariant, files } = JSON.parse(broken.stdout);
  expect([broken.status, invariant]).toEqual([1, 'n is small']);
  for (const { steps, message, asked } of files) {
    expect(message).toBe('n is 8');
    expect(asked).toBe(21);
    expect(steps[0]).toBe(7);
    expect(steps).toHaveLength(13);
  }

  const seeds = ['query', source, '--seeds', '0..9', '--invariant', 'n is small'];
  const swept = await phasmoscope(...seeds);
  expect([swept.status, swept.stdout]).toEqual([
    1,
    expect.stringContaining('Broken in 10 of 10 seeds'),
  ]);
  expect(swept.stdout).toContain('seed 9  step 7  n is 8');
  const always = ['query', source, '--seeds', '0..9', '--always', 'state.n < 21', '--json'];
  const held = await phasmoscope(...always);
  expect(held.status).toBe(0);
  expect(JSON.parse(held.stdout).seeds).toHaveLength(10);
});

it('says which invariants there are, and what seeds can be asked', async () => {
  const none = await phasmoscope('query', 'traces', '--invariant', 'nope');
  expect([none.status, none.stderr]).toEqual([
    2,
    expect.stringContaining('no two bookings overlap'),
  ]);
  const swept = await phasmoscope('query', 'counter', '--seeds', '0..1', '--invariant', 'nope');
  expect([swept.status, swept.stderr]).toEqual([2, expect.stringContaining('no invariant "nope"')]);
  const where = await phasmoscope('query', 'counter', '--seeds', '0..1', '--where', 'step > 1');
  expect([where.status, where.stderr]).toEqual([2, expect.stringContaining('--always')]);
  const traces = await phasmoscope('query', '--always', 'true');
  expect([traces.status, traces.stderr]).toEqual([2, expect.stringContaining('nothing to ask')]);
});

function counterSource(limit: number): string {
  return `import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'counts',
  description: 'Counts.',
  initialState: () => ({ n: 0 }),
  stf(state) {
    state.update((draft) => {
      draft.n += 1;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'n is small': (state) => state.n <= ${limit} || 'n is ' + state.n },
});
export const scenarios = [
  defineScenario({
    name: 'count',
    description: 'Counts.',
    defaults: { seed: '1', operations: 20 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 'up' }),
      observe: () => {},
      tallies: () => ({}),
    }),
  }),
];
`;
}
