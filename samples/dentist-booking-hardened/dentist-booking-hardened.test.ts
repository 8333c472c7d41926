import type { Executed, Operation } from 'phasmoscope';
import { replay, runSeed, type MachineExports } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';
import { machine as faithful, type Dentist } from '../dentist-booking/machine.ts';
import { machine, scenarios } from './index.ts';
import type { HardenedDentist } from './machine.ts';

const file = new URL('index.ts', import.meta.url);

/** What a profile must have reached over a few seeds. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  none: ['a payment that fails', 'a slot lost to a race'],
  crashes: ['a crash with a payment under way', 'a payment that fails', 'a slot lost to a race'],
  delivery: ['a payment that fails', 'a slot lost to a race'],
  storage: ['a payment that fails', 'a slot lost to a race'],
  chaos: ['a crash with a payment under way', 'a payment that fails', 'a slot lost to a race'],
};

describe.each(Object.entries(REACHED))('under %s', (faults, mustReach) => {
  it('keeps every rule, invariant and settled property', async () => {
    const reached = new Set<string>();
    for (let seed = 0; seed < 3; seed += 1) {
      const run = await runSeed({ machine: file, seed, operations: 2000, faults });
      expect(run.findings).toEqual([]);
      // Without faults, no results of releases come back.
      const { awaited } = run.state as HardenedDentist['State'];
      if (faults !== 'none') expect([...awaited]).toEqual([]);
      for (const [name, has] of Object.entries(run.sometimes)) if (has) reached.add(name);
    }
    expect([...reached].toSorted()).toEqual(mustReach);
  });
});

// The calendar fills in the same way, since only the ids of releases differ from the original.
it('has the figures of the original where nothing goes wrong', async () => {
  const choice = { machine: file, seed: 12345, operations: 10_000, faults: 'none' };
  const { tallies } = await runSeed(choice);
  expect(tallies).toEqual({ bookings: 66, conflicts: 9822, paymentFailures: 22 });
});

/** Executes operations with every check on, and lets the payment processor judge them at the end. */
async function play(subject: MachineExports['machine'], operations: readonly Operation<Dentist>[]) {
  const steps = (await replay<Dentist>({
    machine: { machine: subject, scenarios },
    scenario: 'mixed-operations',
    faults: 'chaos',
    operations: [...operations, { kind: 'settled' }],
  })) as readonly Executed<HardenedDentist>[];
  const last = steps.at(-1);
  if (!last) throw new Error('there are steps');
  return {
    steps,
    state: last.after,
    found: steps.flatMap((step) => step.findings.map(({ name }) => `${step.stepIndex}: ${name}`)),
  };
}

function request(userId: number): Operation<Dentist> & { readonly kind: 'normal' } {
  const patient = { userId, name: `User${userId}`, email: `user${userId}@example.com` };
  const slot = { day: 'Monday', time: '09:15', aptType: 'Checkup' } as const;
  return { kind: 'normal', input: { kind: 'RequestSlot', ...patient, ...slot } };
}

function complete(id: number, result: Dentist['Result']) {
  return { kind: 'trackedActionCompleted', id, result } as const satisfies Operation<Dentist>;
}

const held = { kind: 'Success', amount: 75 } as const;
const takenBack = { kind: 'Failed', reason: 'Hold taken back by the bank' } as const;
const refused = { kind: 'actionRefused', action: 0 } as const;
const race = [request(1), request(2), complete(1, held)];

/** The shortest runs that break the faithful machine, with the findings and their steps. */
const DEFECTS: readonly {
  readonly name: string;
  readonly operations: readonly Operation<Dentist>[];
  /** Operations that are given again to a machine that lets a refusal through. */
  readonly again?: readonly Operation<Dentist>[];
  readonly found: readonly string[];
}[] = [
  {
    name: 'a repeated success releases the payment of a booking',
    operations: [request(1), complete(1, held), { ...complete(1, held), isDuplicate: true }],
    found: ['2: idempotent completion', '3: every booking is paid for'],
  },
  {
    name: 'a crash loses the release of a hold',
    operations: [...race, complete(2, held), { kind: 'crash', dispatched: 0 }, { kind: 'restore' }],
    found: [
      '3: tracked actions are restorable',
      '6: every hold is charged for a booking or released',
    ],
  },
  {
    name: 'a booking outlives the hold that the bank takes back',
    operations: [request(1), complete(1, held), complete(1, takenBack)],
    found: ['3: every booking is paid for'],
  },
  {
    name: 'a stale success books without a hold',
    operations: [request(1), complete(1, takenBack), complete(1, held)],
    found: ['3: every booking is paid for'],
  },
  {
    name: 'a request is stored although its hold was refused',
    operations: [{ ...request(1), fault: refused }],
    found: ['0: atomicity'],
  },
  {
    name: 'a hold stays although its slot is taken, since its release was refused',
    operations: [...race, { ...complete(2, held), fault: refused }],
    again: [complete(2, held)],
    found: ['4: every hold is charged for a booking or released'],
  },
  {
    name: 'a request waits for ever, since the question about it was refused',
    operations: [request(1), { kind: 'crash', dispatched: 0 }, { kind: 'restore', fault: refused }],
    again: [{ kind: 'restore' }],
    found: ['2: atomicity'],
  },
  {
    name: 'a payment still pending is asked about for ever',
    operations: [
      request(1),
      { kind: 'crash', dispatched: 1 },
      { kind: 'restore' },
      complete(1, { kind: 'Pending' }),
    ],
    found: ['3: results update state'],
  },
  {
    name: 'a release takes over an id that is in use',
    operations: [...race, complete(2, held), { ...complete(2, held), isDuplicate: true }],
    found: ['4: ids are deterministic and unique'],
  },
];

describe.each(DEFECTS)('$name', ({ operations, again = [], found }) => {
  it('in the faithful machine', async () => {
    expect((await play(faithful, operations)).found).toEqual(expect.arrayContaining([...found]));
  });

  it('but not in this one', async () => {
    expect((await play(machine, [...operations, ...again])).found).toEqual([]);
  });
});

describe('the machine', () => {
  it('gives a slot to the next patient when the bank has taken a hold back', async () => {
    const { found, state } = await play(machine, [
      request(1),
      complete(1, held),
      complete(1, takenBack),
      request(2),
      complete(2, held),
    ]);
    expect(found).toEqual([]);
    expect(state.pending.get(1)?.status).toBe('NoSlot');
    expect([...state.bookings.values()].map(({ userId }) => userId)).toEqual([2]);
  });

  it('asks again under a new id about a payment that is not decided', async () => {
    const crash = [{ kind: 'crash', dispatched: 1 }, { kind: 'restore' }] as const;
    const pending = complete(1, { kind: 'Pending' });
    const { found, state } = await play(machine, [request(1), ...crash, pending, pending]);
    expect(found).toEqual([]);
    expect([...state.awaited]).toEqual([[2, { kind: 'CheckStatus', reqId: 1 }]]);
  });

  it('applies the answer to a question to its request', async () => {
    const crash = [{ kind: 'crash', dispatched: 1 }, { kind: 'restore' }] as const;
    const pending = complete(1, { kind: 'Pending' });
    const { found, state } = await play(machine, [
      request(1),
      ...crash,
      pending,
      complete(2, held),
    ]);
    expect(found).toEqual([]);
    expect(state.bookings.get('Monday 09:15')?.userId).toBe(1);
    expect(state.awaited.size).toBe(0);
  });

  it('forgets a request whose hold was lost in a crash', async () => {
    const crash = [{ kind: 'crash', dispatched: 0 }, { kind: 'restore' }] as const;
    const unknown = complete(1, { kind: 'Failed', reason: 'Unknown payment' });
    const { found, state } = await play(machine, [request(1), ...crash, unknown]);
    expect(found).toEqual([]);
    expect(state.pending.get(1)?.status).toBe('NoSlot');
  });

  it('refuses the result of an action that it never emitted', async () => {
    const { steps } = await play(machine, [complete(7, held)]);
    expect(steps[0]?.outcome).toEqual({ kind: 'err', error: { kind: 'InvalidRequest' } });
  });
});
