import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PRINTED_CHARS_MAX, PRINTED_MAX } from '../../limits.ts';
import type { Executed } from '../../machine/executed.ts';
import { recordSeed, runSeed, verifyTrace } from '../testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function machineFile({ stf = '', next = '', check = '' }): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'm', description: '', initialState: () => ({ n: 0, open: [] }),
  stf(state: any, input: any, actions: any) { ${stf}
    state.update((draft: any) => { draft.n += 1; });
    return { kind: 'ok' }; },
  restore: () => { console.log('restored'); return { kind: 'ok' }; },
  invariants: { 'n is small': (state: any) => { ${check} return state.n < 100; } },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 3 },
  start: () => { let n = 0; return {
    next: () => { n += 1; ${next} return { kind: 'normal', input: n }; }, observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return path;
}

/** What is printed in each step. */
async function outputOf(path: string, faults = 'none') {
  const steps: Executed[] = [];
  await runSeed({ machine: path, faults, seed: 1 }, (step) => steps.push(step));
  return steps.map(({ output }) => output.map(({ level, text }) => `${level} ${text}`));
}

it('keeps what is printed beside its step, once, although steps are executed twice', async () => {
  const path = machineFile({
    next: 'console.debug(`next ${n}`);',
    stf: 'console.log("adding", input.input); globalThis.console.warn("w");',
    check: 'if (state.n === 2) console.error("two");',
  });
  expect(await outputOf(path)).toEqual([
    ['debug next 1', 'log adding 1', 'warn w'],
    ['debug next 2', 'log adding 2', 'warn w', 'error two'],
    ['debug next 3', 'log adding 3', 'warn w'],
  ]);
});

it('leaves out what restore prints when it is only tried', async () => {
  const path = machineFile({ stf: 'console.log("s");' });
  const steps: Executed[] = [];
  await runSeed({ machine: path, faults: 'crashes', seed: 5, operations: 40 }, (step) =>
    steps.push(step),
  );
  for (const { operation, output } of steps) {
    const texts = output.map(({ text }) => text);
    if (operation.kind === 'restore') expect(texts).toEqual(['restored']);
    else expect(texts).not.toContain('restored');
  }
  expect(steps.some(({ operation }) => operation.kind === 'restore')).toBe(true);
});

it('is in the trace, and no part of what is compared', async () => {
  const path = machineFile({ stf: 'console.log("before");' });
  const { lines } = await recordSeed({ machine: path, faults: 'none', seed: 1 });
  expect(lines[1]).toContain('"output":[{"level":"log","text":"before"}]');
  const other = machineFile({ stf: 'console.log("after");' });
  expect(await verifyTrace(other, lines)).toBeUndefined();
});

it('keeps no more of a step than its limits, and says so', async () => {
  const many = machineFile({ stf: 'for (let i = 0; i < 1_000; i += 1) console.log(i);' });
  const [first] = await outputOf(many);
  expect(first).toHaveLength(PRINTED_MAX + 1);
  expect(first?.at(-1)).toBe(`note ${1_000 - PRINTED_MAX} more in this step are not kept.`);
  const long = machineFile({ stf: 'console.log("x".repeat(100_000)); console.log("y");' });
  const [cut] = await outputOf(long);
  expect(cut?.[0]?.length).toBeLessThanOrEqual(PRINTED_CHARS_MAX + 'log '.length);
  expect(cut?.slice(1)).toEqual(['note 1 more in this step are not kept.']);
});

it('keeps no more of a run than its limit, and says where it ends', async () => {
  const path = machineFile({ stf: 'console.log("x".repeat(20_000));' });
  const steps: Executed[] = [];
  await runSeed({ machine: path, faults: 'none', seed: 1, operations: 300 }, (step) =>
    steps.push(step),
  );
  const last = steps.findLastIndex(({ output }) => output.length > 0);
  expect(last).toBe(199);
  expect(steps[last]?.output.at(-1)).toMatchObject({
    level: 'note',
    text: 'What is printed after this step is not kept: the run has printed too much.',
  });
});
