import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import { withMachine, withTimeLimit } from '../load/machine-loader.ts';
import { drawSteps } from '../runs/drawing.ts';
import { recordSeed } from '../testing.ts';
import { watchAllThreads } from './start-watching.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-view-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('ends a view that does not end, and says where it stood', async () => {
  const machine = join(folder, 'tally.ts');
  writeFileSync(
    machine,
    `export const machine: any = {
  name: 'tally', description: '', initialState: () => ({ n: 0 }),
  stf(state: any) { state.update((draft: any) => { draft.n += 1; }); return { kind: 'ok' }; },
  restore: () => ({ kind: 'ok' }), invariants: {},
  views: {
    endless: ({ n }: any) => { while (n > 1) {} return { kind: 'cards', cards: [] }; },
  },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'tick' }), observe() {}, tallies: () => ({}) }),
}];
`,
  );
  const { lines } = await recordSeed({ machine, faults: 'none', seed: 1 });
  const builder = new TraceBuilder();
  for (const line of lines) builder.push(`${line}\n`);
  const { trace } = builder;
  if (!trace) throw new Error('the run has no header');
  await watchAllThreads();
  await withMachine(machine, async (loaded) => {
    const drawn: number[] = [];
    const drawing = drawSteps(withTimeLimit(loaded, 300), trace, 'endless', [0, 3], (one) => {
      drawn.push(one.stepIndex);
      return true;
    });
    await expect(drawing).rejects.toMatchObject({
      problem: {
        title: expect.stringMatching(
          /^The view endless did not end within 300 ms, at tally\.ts:6:/,
        ) as string,
      },
    });
    expect(drawn).toEqual([0]);
  });
});
