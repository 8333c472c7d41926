import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMachine, withTimeLimit } from '../load/machine-loader.ts';
import { surveyMachine } from '../load/machine-survey.ts';
import { watchAllThreads } from './start-watching.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-survey-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(watchAllThreads);

let files = 0;

/** Surveys a machine that sends an action in each step, with an endless loop in one place. */
function surveyOf(place: 'initialState' | 'start' | 'next' | 'stf' | 'restore') {
  const loop = (here: typeof place) => (here === place ? 'for (;;) {}' : '');
  files += 1;
  const path = join(folder, `sender-${files}.ts`);
  writeFileSync(
    path,
    `let isRestarted = false;
export const machine: any = {
  name: 'sender', description: '',
  initialState: () => { ${loop('initialState')} return { sent: [] }; },
  stf(state: any, input: any, actions: any) {
    ${loop('stf')}
    const id = state.current.sent.length;
    if (input.kind === 'normal') { actions.tracked(id, 'send'); state.update((d: any) => { d.sent.push(id); }); }
    return { kind: 'ok' };
  },
  restore: (state: any, actions: any) => {
    ${loop('restore')}
    return { kind: 'ok' };
  },
  invariants: {}, waivers: { 'tracked actions are restorable': 'it forgets' },
};
export const scenarios: any = [{
  name: 'sends', description: '', defaults: { seed: '1', operations: 5 },
  start: () => { ${loop('start')} return {
    next: () => { ${loop('next')} return { kind: 'normal', input: 'tick' }; }, observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return withMachine(path, (loaded) => surveyMachine(withTimeLimit(loaded, 300)));
}

describe('the survey of a machine', () => {
  it.each(['initialState', 'start'] as const)('ends %s, and says where it stood', async (place) => {
    await expect(surveyOf(place)).rejects.toThrow(
      /^The run did not begin within 300 ms, at sender-\d+\.ts:\d+:\d+: /,
    );
  });

  it.each([
    ['next', /^The scenario did not end within 300 ms, at sender-\d+\.ts:20:/],
    [
      'stf',
      /^Step 0 of the scenario sends, input tick: The step did not end .* \(sender-\d+\.ts:6:/,
    ],
    ['restore', /did not end within 300 ms.* \(sender-\d+\.ts:12:/],
  ] as const)('reports that %s does not end, and where it stood', async (place, title) => {
    const { lacks } = await surveyOf(place);
    expect(lacks.filter(({ isNeeded }) => isNeeded)).toEqual([
      expect.objectContaining({ title: expect.stringMatching(title) as string }),
    ]);
  });
});
