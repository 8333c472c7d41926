import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findScenario, withMachine } from './machine-loader.ts';
import { surveyMachine } from './machine-survey.ts';
import { findUnrepeated } from './repetition.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-repetition-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

interface Parts {
  /** The body of `next`; `outer` is a variable of the module, `inner` one of `start`. */
  readonly next: string;
  readonly stf?: string;
}

function machineFile({ next, stf = '' }: Parts): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `let outer = 0; let calls = 0;
export const machine: any = {
  name: 'm', description: '', initialState: () => ({ n: 0 }),
  stf(state: any) { ${stf} state.update((draft: any) => { draft.n += 1; }); return { kind: 'ok' }; },
  restore: () => ({ kind: 'ok' }), invariants: { some: () => true },
};
export const scenarios: any = [{
  name: 'visits', description: '', defaults: { seed: '7', operations: 10 },
  start: (random: any) => { let inner = 0; return {
    next: (state: any) => { ${next} }, observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return path;
}

const find = (parts: Parts) =>
  withMachine(machineFile(parts), (loaded) =>
    findUnrepeated(loaded, findScenario(loaded, undefined)),
  );

const give = (input: string) => `return { kind: 'normal', input: ${input} };`;

it('names a scenario that goes on from one seed to the next, and the first other operation', async () => {
  expect(await find({ next: `outer += 1; ${give('outer === 3 ? "late" : "on time"')}` })).toEqual({
    title:
      'The scenario visits does not repeat its seeds: in one process, seed 7 begins with other ' +
      'operations the second time. Operation 2 was {"kind":"normal","input":"late"}, then ' +
      '{"kind":"normal","input":"on time"}.',
    remedy: 'Keep its variables inside start: what is outside goes on from one seed to the next.',
  });
});

it('sees that there are fewer operations, and that the scenario throws only later', async () => {
  const ends = await find({ next: `outer += 1; if (outer > 14) return undefined; ${give('1')}` });
  expect(ends?.title).toContain('Operation 0 was {"kind":"normal","input":1}, then nothing more.');
  const throws = await find({
    next: `outer += 1; if (outer > 25) throw new Error("no ideas"); ${give('1')}`,
  });
  expect(throws?.title).toContain(
    'Operation 5 was {"kind":"normal","input":1}, then nothing more.',
  );
});

it.each<[string, Parts]>([
  ['draws from its seed', { next: give('random.genRange("u32", 0, 1000)') }],
  ['counts in start', { next: `inner += 1; ${give('inner')}` }],
  ['ends early', { next: `inner += 1; if (inner > 3) return undefined; ${give('inner')}` }],
  [
    'follows the state of a machine that counts outside of it',
    {
      stf: 'calls += 1; if (calls > 12) return { kind: "err", error: "full" };',
      next: give('state.n'),
    },
  ],
])('finds nothing in a scenario that %s', async (_, parts) => {
  expect(await find(parts)).toBeUndefined();
});

it('is among what a machine lacks', async () => {
  const path = machineFile({ next: `outer += 1; ${give('outer')}` });
  const { lacks } = await withMachine(path, surveyMachine);
  expect(lacks).toMatchObject([
    { title: expect.stringContaining('does not repeat its seeds') as string, isNeeded: true },
  ]);
});
