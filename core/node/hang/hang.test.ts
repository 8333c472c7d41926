import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { adviceOn } from '../../machine/rules.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { withMachine, withTimeLimit } from '../load/machine-loader.ts';
import { explainTrace, traceOfLines } from '../runs/explaining.ts';
import { checkSeeds, recordSeed, shrinkSeed, verifyTrace } from '../testing.ts';

/** The machines of these files are `any`: files outside of a project are loaded without a check of types. */
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A machine whose third input makes it hang. The hang is on line 7. */
function machineFile(name: string, hang: string, isAsync = false): string {
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'm', description: '',
  initialState: () => ({ n: 0, isCaught: false }),
  ${isAsync ? 'async ' : ''}stf(state: any, { input }: any) {
    state.update((draft: any) => { draft.n += 1; });
    try {
      ${hang}
    } catch { state.update((draft: any) => { draft.isCaught = true; }); }
    finally { state.update((draft: any) => { draft.n += 1; }); }
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  invariants: { 'n is small': ({ n }: any) => n < 100 },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 9 },
  start: () => { let n = 0; return {
    next: () => ({ kind: 'normal', input: { kind: 'Add', n: ++n } }), observe() {}, tallies: () => ({ n }),
  }; },
}];
`,
  );
  return path;
}

const TIME_LIMIT_MS = 300;
const choice = { faults: 'none', seed: 1, timeLimitMs: TIME_LIMIT_MS };

it.each([
  ['loop', 'while (input.n === 3) {}', false, 'loop.ts:7:'],
  ['regex', "if (input.n === 3) /^(a+)+$/.test('a'.repeat(40) + 'b');", false, 'regex.ts:7:'],
  ['late', 'await null; while (input.n === 3) {}', true, 'late.ts:7:'],
  ['busy', 'while (input.n === 3) await null;', true, 'busy.ts:7:'],
  ['never', 'if (input.n === 3) await new Promise(() => {});', true, undefined],
])(
  'a step that never ends (%s) is the last one, and a finding',
  async (name, hang, isAsync, at) => {
    const machine = machineFile(name, hang, isAsync);
    const { findings, lines, state, tallies } = await recordSeed({ machine, ...choice });
    expect(findings).toMatchObject([
      {
        stepIndex: 2,
        kind: 'hang',
        name: 'every step ends',
        message: 'The step did not end within 300 ms.',
        shape: 'input Add',
        ...(at === undefined ? {} : { source: expect.stringContaining(at) as string }),
      },
    ]);
    const cause = at === undefined ? 'a promise that nothing settles' : 'An endless loop';
    expect(findings.map((one) => adviceOn(one)?.cause)).toEqual([
      expect.stringContaining(cause) as string,
    ]);
    // Neither its catch nor its finally has run, and it had no effect.
    expect(state).toEqual({ n: 4, isCaught: false });
    expect(tallies).toEqual({ n: 3 });
    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({
      operation: { input: { kind: 'Add', n: 3 } },
      outcome: { kind: 'hang', limitMs: TIME_LIMIT_MS },
    });
    // It hangs again, and the verification ends all the same.
    expect(await verifyTrace(machine, lines)).toBeUndefined();
  },
);

it('what a step left behind is ended, and named', async () => {
  const spin = 'if (input.n === 9) void (async () => { for (;;) await null; })();';
  const machine = machineFile('left-behind', spin, true);
  await expect(recordSeed({ machine, ...choice })).rejects.toThrow(
    /^Code that the machine file left behind did not end within 300 ms, at left-behind\.ts:7:/,
  );
});

it('a trace of a hang differs from a machine that no longer hangs', async () => {
  const machine = machineFile('mended', 'while (input.n === 3) {}');
  const { lines } = await recordSeed({ machine, ...choice });
  machineFile('mended', '');
  expect(await verifyTrace(machine, lines)).toMatchObject({
    stepIndex: 2,
    fields: ['outcome', 'patch', 'stateHash', 'findings'],
  });
});

it('a hang is one cause in many seeds, and is shrunk to the step that hangs', async () => {
  const machine = machineFile('cause', 'while (input.n === 3) {}');
  const groups = await checkSeeds({
    machine,
    faults: 'none',
    seeds: 3,
    timeLimitMs: TIME_LIMIT_MS,
  });
  expect(groups).toMatchObject([{ kind: 'hang', count: 3, seed: '0', stepIndex: 2 }]);
  const { operations, finding } = await shrinkSeed({ machine, ...choice }, () => true);
  expect(operations).toEqual([{ kind: 'normal', input: { kind: 'Add', n: 3 } }]);
  expect(finding).toMatchObject({ kind: 'hang', stepIndex: 0 });
});

it('a hang is explained: what it takes, and what does not matter', async () => {
  const path = machineFile('explained', 'while (input.n === 3) {}');
  const { lines } = await recordSeed({ machine: path, ...choice });
  const trace = traceOfLines(lines);
  const [finding] = trace.findings;
  if (!finding) throw new Error('the run found nothing');
  await withMachine(path, async (loaded) => {
    const { sentences } = await explainTrace(withTimeLimit(loaded, TIME_LIMIT_MS), trace, finding);
    expect(sentences.map(formatSentence)).toEqual([
      'Fails because of the request Add (step 2).',
      'Without this request it passes.',
      expect.stringMatching(/^Of the request at step 2, n matters/),
      '2 requests before it do not matter.',
    ]);
  });
});

it('a step that is slow, but ends within its limit, is no finding', async () => {
  const slow =
    'const end = input.n * 1e6; let sum = 0; for (let i = 0; i < end; i += 1) sum += i; if (sum < 0) throw 1;';
  const machine = machineFile('slow', slow);
  const { findings } = await recordSeed({ machine, faults: 'none', seed: 1, timeLimitMs: 60_000 });
  expect(findings).toEqual([]);
});

it.each([
  ['next', 'for (;;);', ''],
  ['tallies', '', 'for (;;);'],
])('a scenario whose %s does not end is to blame by itself', async (name, next, tallies) => {
  const machine = machineFile(`scenario-${name}`, '');
  const path = join(folder, `${name}-hangs.ts`);
  writeFileSync(
    path,
    `export { machine } from ${JSON.stringify(machine)};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 9 },
  start: () => ({
    next() { ${next} }, observe() {},
    tallies: () => { ${tallies} return {}; },
  }),
}];
`,
  );
  const line = name === 'next' ? 5 : 6;
  await expect(recordSeed({ machine: path, ...choice })).rejects.toThrow(
    new RegExp(`^The scenario did not end within 300 ms, at ${name}-hangs\\.ts:${line}:`),
  );
});

it.each([
  ['initialState', 'initial-hangs', { initialState: 'for (;;);' }],
  ['start of the scenario', 'start-hangs', { start: 'for (;;);' }],
])('a run that does not begin (%s) ends with the place', async (_, name, code) => {
  const { initialState = 'return {};', start = '' } = code as Partial<Record<string, string>>;
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'm', description: '', stf: () => ({ kind: 'ok' }), restore: () => ({ kind: 'ok' }), invariants: {},
  initialState() { ${initialState} },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 9 },
  start() { ${start} return { next() {}, observe() {}, tallies: () => ({}) }; },
}];
`,
  );
  const line = name === 'start-hangs' ? 7 : 3;
  const asked = recordSeed({ machine: path, ...choice });
  await expect(asked).rejects.toThrow(/^The run did not begin within 300 ms, at /);
  await expect(asked).rejects.toThrow(`${name}.ts:${line}:`);
});
