import { beforeEach, expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import {
  askMended,
  changeMendClaim,
  changeMendQuestion,
  mendAgain,
  mendPart,
  startMend,
} from './mended.ts';
import type { SweepEntry } from './model.ts';
import { session } from './store.ts';

const TURNSTILE = { kind: 'sample', name: 'turnstile' } as const;
const SETTINGS = { scenario: 'rush-hour', seed: '7', operationsMax: 60, faults: 'none' };
const FINDING = {
  kind: 'invariant',
  name: 'n is small',
  message: 'n is 7',
  shape: 'input x',
  stepIndex: 3,
} as const;
const SIGNATURE = signatureOf(FINDING);

beforeEach(() => {
  stubBridge();
  mendPart.recall({ oneIn: 1_000, confidencePercent: 95 });
  const failure = { ...FINDING, signature: SIGNATURE };
  const other = {
    ...failure,
    name: 'another',
    signature: signatureOf({ ...FINDING, name: 'another' }),
  };
  session.setState({
    ...session.getInitialState(),
    runs: [
      {
        id: 'run',
        origin: { kind: 'machine', machine: TURNSTILE, settings: SETTINGS },
        status: 'completed',
        steps: 3,
        trace: traceOf([book('Room 1'), paid(1), nothing]),
      },
      {
        id: 'before',
        origin: { kind: 'machine', machine: TURNSTILE, settings: SETTINGS },
        status: 'waiting',
        steps: 0,
        failures: [failure, other],
      },
    ],
    runId: 'run',
  });
});

function theSweep(): SweepEntry {
  const [sweep] = session.getState().sweeps;
  if (!sweep) throw new Error('there is a sweep');
  return sweep;
}

async function ask(): Promise<void> {
  const [run] = session.getState().runs;
  if (run) await askMended(run, FINDING);
}

it('tries the seeds that failed with the cause first, then as many new ones as the claim takes', async () => {
  await ask();
  startMend();
  expect(theSweep().settings).toMatchObject({
    scenario: 'rush-hour',
    operationsMax: 60,
    from: '8',
    count: 2_995,
    mend: {
      oneIn: 1_000,
      confidencePercent: 95,
      causes: [SIGNATURE],
      failed: [{ ...SETTINGS, name: 'n is small' }],
    },
  });
});

it('can ask about every finding, and with another claim, which is kept', async () => {
  await ask();
  changeMendQuestion({ isAny: true });
  changeMendClaim({ oneIn: 10_000, confidencePercent: 99 });
  startMend();
  const { mend, count } = theSweep().settings;
  expect(mend?.failed.map(({ name }) => name)).toEqual(['n is small', 'another']);
  expect(mend).not.toHaveProperty('causes');
  expect(count).toBe(46_050);
  expect(mendPart.keep()).toEqual({ oneIn: 10_000, confidencePercent: 99 });
});

it('asks again with other new seeds', async () => {
  await ask();
  startMend();
  const first = theSweep();
  mendAgain(first);
  const { from, count, mend } = theSweep().settings;
  expect(from).toBe(String(8 + 2_995));
  expect([count, mend]).toEqual([first.settings.count, first.settings.mend]);
});
