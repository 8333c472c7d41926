import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatHeader, formatStep, type Step } from '../../trace/format/format.ts';
import { closingLine } from '../../trace/format/seal.ts';
import { hashValue } from '../../value/hash.ts';
import { applyPatches } from '../../value/patch.ts';
import type { Value } from '../../value/value.ts';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));
const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

/** A machine that adds, and a scenario that asks it to. */
const source = (adds: number, limit: number) => `import { ok } from 'phasmoscope';
export const machine = {
  name: 'adds', description: '', initialState: () => ({ n: 0 }),
  stf: (state) => (state.update((draft) => { draft.n += ${adds}; }), ok()),
  restore: () => ok(), invariants: { 'n is small': ({ n }) => n < ${limit} },
};
export const scenarios = [{
  name: 's', description: '', defaults: { seed: '1', operations: 4 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'Add' }), observe() {}, tallies: () => ({}) }),
}];
`;

/** What the steps of a forged trace say. */
type Forge = (step: Step) => Step;

/** Writes a trace that agrees with itself in every digest, and that the machine has not made. */
async function forge(name: string, change: Forge): Promise<string> {
  const { trace } = await readTraceFile(join(folder, 'own.jsonl'));
  if (!trace.index.end) throw new Error('the trace is whole');
  let state: Value = trace.header.initialState;
  const lines = [formatHeader(trace.header)];
  for (let at = 0; at < trace.length; at += 1) {
    const step = change(trace.step(at));
    state = applyPatches(state, [step.patch]);
    lines.push(formatStep({ ...step, stateHash: hashValue(state, trace.header.digests) }));
  }
  lines.push(closingLine(lines, trace.index.end));
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

const FOUND = {
  kind: 'invariant',
  name: 'n is small',
  message: 'the invariant returned false',
  shape: 'input Add',
} as const;

/** From step 1 on, `n` makes jumps that the machine never makes. */
const wrongState: Forge = (step) => {
  if (step.stepIndex === 0) return step;
  const n = 1_000 + 5 * step.stepIndex;
  const patch = [{ kind: 'changed', path: ['n'], value: n }] as const;
  const findings = step.stepIndex === 2 ? [{ ...FOUND, stepIndex: 2 }] : [];
  return { ...step, patch, findings };
};

/** Everything is as the machine does it, but a finding is added. */
const wrongFinding: Forge = (step) =>
  step.stepIndex === 2 ? { ...step, findings: [{ ...FOUND, stepIndex: 2 }] } : step;

beforeAll(async () => {
  writeFileSync(join(folder, 'adds.ts'), source(1, 100));
  await phasmoscope('record', 'adds.ts', '--out', 'own.jsonl');
  await forge('state.jsonl', wrongState);
  await forge('finding.jsonl', wrongFinding);
});

const NOT_MADE = 'This trace was not made by this machine as it is now: step';

describe('a trace that names a machine which has not made it', () => {
  const commands = [
    ['explain', 'state.jsonl'],
    ['doom', 'state.jsonl'],
    ['crash-everywhere', 'state.jsonl'],
    ['fork', 'state.jsonl', '--at', '2', '--crash'],
    ['fork', 'state.jsonl', '--at', '0', '--crash'],
    ['fork', 'state.jsonl', '--at', '2', '--new-draws', '5'],
    ['source', 'state.jsonl', '--step', '2'],
    ['source', 'state.jsonl', '--never'],
  ];

  it.each(commands)('is nothing that %s can be asked about (%s)', async (...command) => {
    const { status, stdout, stderr } = await phasmoscope(...command, '--machine', 'adds.ts');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${NOT_MADE} 1 differs.`);
  });

  it.each(['explain', 'doom'])('is noticed by %s where only a finding differs', async (command) => {
    const asked = await phasmoscope(command, 'finding.jsonl', '--machine', 'adds.ts');
    expect([asked.status, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toContain(`${NOT_MADE} 2 does not fail`);
  });

  it('gets no line of the machine as the place of a step', async () => {
    const { stdout } = await phasmoscope('why', 'state.jsonl', '--machine', 'adds.ts');
    expect(stdout).toContain('n is small');
    expect(stdout).not.toContain('adds.ts:');
  });

  it('can be executed again, of which it is said first', async () => {
    const again = ['fork', 'state.jsonl', '--machine', 'adds.ts'];
    const { status, stdout } = await phasmoscope(...again, '--out', 'again.jsonl');
    expect([status, stdout.split('\n')[0]]).toEqual([0, `${NOT_MADE} 1 differs.`]);
    const asJson = await phasmoscope(...again, '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ foreign: `${NOT_MADE} 1 differs.` });
    expect(
      (await phasmoscope('fork', 'again.jsonl', '--at', '1', '--crash', '--machine', 'adds.ts'))
        .status,
    ).toBe(0);
  });
});

describe('a trace of a source that was changed since', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'adds.ts'), source(1, 3));
    await phasmoscope('record', 'adds.ts', '--out', 'before.jsonl');
  });

  const ask = (command: string) => phasmoscope(command, 'before.jsonl', '--machine', 'adds.ts');

  it('is asked about as before, as long as the machine does the same', async () => {
    writeFileSync(
      join(folder, 'adds.ts'),
      source(1, 3).replace("description: ''", "description: 'Adds.'"),
    );
    expect((await ask('explain')).stdout).toContain('Fails because of the request Add');
    const fork = await phasmoscope(
      'fork',
      'before.jsonl',
      '--at',
      '1',
      '--crash',
      '--machine',
      'adds.ts',
    );
    expect(fork.stdout).toContain('The source was changed since the parent was recorded');
  });

  it('is not, once the machine does something else; but what is gone is gone', async () => {
    writeFileSync(join(folder, 'adds.ts'), source(2, 3));
    for (const command of ['doom', 'crash-everywhere', 'explain']) {
      const { status, stderr } = await ask(command);
      expect([command, status]).toEqual([command, 2]);
      expect(stderr).toMatch(/not made by this machine as it is now: step 0 |of an earlier source/);
    }
    writeFileSync(join(folder, 'adds.ts'), source(2, 300));
    const gone = await ask('explain');
    expect([gone.status, gone.stdout]).toEqual([
      0,
      expect.stringContaining('Gone: with the machine'),
    ]);
  });
});
