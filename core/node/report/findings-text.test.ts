import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { adviceOn } from '../../machine/rules.ts';
import { factsOf } from '../../trace/words/finding-facts.ts';
import { recordSeed, verifyTrace } from '../testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-findings-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Parcels that are sent; the machine goes on when the request to send one is refused. */
const PARCELS = `import { defineMachine, defineScenario, ok, type Actions, type MachineTypes } from 'phasmoscope';

interface Parcels extends MachineTypes {
  State: { nextId: number; parcels: Map<number, 'sending' | 'sent'> };
  Input: 'send';
  Id: number;
  Tracked: { kind: 'Send' };
  Untracked: never;
  Result: 'sent';
  Rejection: never;
}

function trySend(actions: Actions<Parcels>, id: number) {
  try {
    actions.tracked(id, { kind: 'Send' });
  } catch {
    // It will be all right.
  }
}

export const machine = defineMachine<Parcels>({
  name: 'parcels',
  description: 'Sends parcels.',
  initialState: () => ({ nextId: 1, parcels: new Map() }),
  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      if (state.current.parcels.get(input.id) !== 'sending') return ok();
      state.update((draft) => void draft.parcels.set(input.id, 'sent'));
      return ok();
    }
    const id = state.current.nextId;
    trySend(actions, id);
    state.update((draft) => {
      draft.nextId += 1;
      draft.parcels.set(id, 'sending');
    });
    return ok();
  },
  restore(state, actions) {
    for (const [id, status] of state.parcels) {
      if (status === 'sending') actions.tracked(id, { kind: 'Send' });
    }
    return ok();
  },
  invariants: {},
  faultProfiles: { refusing: { description: 'Actions are refused.', actionRefused: 0.5 } },
});

export const scenarios = [
  defineScenario<Parcels>({
    name: 'office',
    description: 'Parcels are sent.',
    defaults: { seed: '1', operations: 20 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 'send' }),
      observe() {},
      tallies: () => ({}),
      external: {
        receive: () => 'sent',
        settled: {
          'every parcel arrives': ({ parcels }) => {
            for (const [id, status] of parcels) if (status !== 'sent') return { id, message: 'one waits' };
            return true;
          },
        },
      },
    }),
  }),
];
`;

describe('the findings of a machine that catches a refusal and goes on', () => {
  it('name the step, the action and the line of the refusal, and how to cure it', async () => {
    const machine = join(folder, 'parcels.ts');
    writeFileSync(machine, PARCELS);
    const choice = { machine, seed: 1, operations: 20, faults: 'refusing' };
    const { lines, findings } = await recordSeed(choice);
    const [first] = findings;
    const last = findings.at(-1);
    expect([first?.name, last?.name]).toEqual(['atomicity', 'every parcel arrives']);
    // The first parcel that is refused is the first that never arrives.
    const id = Number(/restore emits (\d+)/.exec(first?.actual ?? '')?.[1]);
    const place = `parcels.ts:${1 + PARCELS.split('\n').findIndex((line) => line.includes('.tracked(id'))}:13`;
    const advice = {
      cause:
        `In step ${first?.stepIndex} the container refused the tracked action ${id}: {"kind":"Send"} ` +
        `(${place}). The machine caught this, and went on as if nothing had failed.`,
      cure: 'Let the refusal through, or do not change the state as if the action had been sent.',
    };
    for (const finding of [first, last]) {
      if (!finding) throw new Error('there are findings');
      // What the window shows, and what the command line prints.
      expect(adviceOn(finding)).toEqual(advice);
      expect(Object.fromEntries(factsOf(finding))).toMatchObject({
        'likely cause': advice.cause,
        'usual cure': advice.cure,
      });
    }
    expect(await verifyTrace(machine, lines)).toBeUndefined();
  });
});
