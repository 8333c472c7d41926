import type { Executed, Operation } from 'phasmoscope';
import { replay, runSeed as run, seededRandom, type SeedRun } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';
import golden from './dentist-booking.golden.json' with { type: 'json' };
import { machine, type Dentist } from './machine.ts';
import { PaymentProcessor } from './payments.ts';
import { scenarios } from './scenarios.ts';

function runSeed(
  seed: bigint,
  operations: number,
  observe?: (step: Executed<Dentist>) => void,
): Promise<SeedRun> {
  const dentist = { machine, scenarios };
  return run<Dentist>({ machine: dentist, seed, operations, faults: 'none' }, observe);
}

describe.each(golden.stats)('seed $seed, $ops operations', ({ seed, ops, ...counts }) => {
  it('has the same counts as the Rust original, and finds nothing', async () => {
    const { tallies, operations, findings } = await runSeed(BigInt(seed), ops);
    const { bookings, conflicts, paymentFailures } = counts;
    expect(tallies).toEqual({ bookings, conflicts, paymentFailures });
    expect(operations).toBe(ops);
    expect(findings).toEqual([]);
  });
});

/** The rows of the original's published table; two seeds follow each other in most of them. */
describe.each([
  ['mixed-operations', 2, 133, 19_652, 34],
  ['high-contention', 2, 130, 19_696, 18],
  ['payment-failures', 2, 124, 19_682, 26],
  ['auto-selection', 2, 126, 19_684, 16],
  ['sparse-schedule', 2, 131, 19_666, 25],
  ['long', 2, 133, 39_642, 34],
  ['stress', 1, 65, 49_842, 10],
])('the published row of %s', (name, seeds, bookings, conflicts, paymentFailures) => {
  it('has the same figures', async () => {
    const scenario = scenarios.find((one) => one.name === name);
    if (!scenario) throw new Error(`the dentist has a scenario ${name}`);
    const sum = { bookings: 0, conflicts: 0, paymentFailures: 0 };
    for (let offset = 0n; offset < seeds; offset += 1n) {
      const { seed, operations } = scenario.defaults;
      const { tallies } = await runSeed(BigInt(seed) + offset, operations);
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += tallies[key] ?? 0;
    }
    expect(sum).toEqual({ bookings, conflicts, paymentFailures });
  });
});

describe.each(golden.finalStates)('the final state of seed $seed', (expected) => {
  it('is that of the original', async () => {
    const { state: last } = await runSeed(BigInt(expected.seed), expected.ops);
    const state = last as Dentist['State'];
    const keyOf = ({ day, time }: { day: string; time: string }) => `${day} ${time}`;
    expect(state.nextId).toBe(expected.nextId);
    expect(Object.fromEntries(state.bookings)).toEqual(
      Object.fromEntries(expected.bookings.map((booking) => [keyOf(booking), booking])),
    );
    expect(Object.fromEntries(state.pending)).toEqual(
      Object.fromEntries(expected.pending.map((request) => [String(request.id), request])),
    );
  });
});

it(`goes through the original's first ${golden.operations.ops.length} operations one by one`, async () => {
  const { seed, ops } = golden.operations;
  const steps: unknown[] = [];
  await runSeed(BigInt(seed), ops.length, (step) => {
    steps.push(describeStep(step));
  });
  expect(steps).toEqual(ops);
});

function stateAfter(steps: readonly (Executed<Dentist> | undefined)[], at: number) {
  const step = steps[at];
  if (!step) throw new Error(`there is no step ${at}`);
  return step.after;
}

/** A step in the form of the golden file. */
function describeStep({ stepIndex, operation, outcome, actions, after }: Executed<Dentist>) {
  const state = after as Dentist['State'];
  const [emitted] = actions;
  return {
    i: stepIndex,
    op: describeOperation(operation),
    id:
      emitted?.kind === 'tracked'
        ? emitted.id
        : operation.kind === 'trackedActionCompleted'
          ? operation.id
          : null,
    result: outcome.kind === 'err' ? outcome.error.kind : 'Ok',
    bookings: state.bookings.size,
    pending: state.pending.size,
  };
}

function describeOperation(operation: Executed<Dentist>['operation']) {
  if (operation.kind === 'trackedActionCompleted') {
    const { id, result } = operation;
    return { kind: 'CompletePreauth', reqId: id, success: result.kind === 'Success' };
  }
  if (operation.kind !== 'normal') throw new Error('there are no faults in this run');
  const { name, email, ...rest } = operation.input;
  expect([name, email]).toEqual([`User${rest.userId}`, `user${rest.userId}@example.com`]);
  return rest;
}

describe('the machine', () => {
  const slot = {
    kind: 'RequestSlot',
    name: 'Ann',
    email: 'a@example.com',
    aptType: 'Checkup',
  } as const;
  const monday = { ...slot, userId: 1, day: 'Monday', time: '09:15' } as const;

  /** Executes operations and returns the steps. */
  function play(...operations: readonly Operation<Dentist>[]) {
    return replay<Dentist>({ machine: { machine }, faults: 'none', operations });
  }
  const step = (operation: Operation<Dentist>) => operation;
  const request = (input: Dentist['Input']) => step({ kind: 'normal', input });
  const complete = (id: number, result: Dentist['Result']) =>
    step({ kind: 'trackedActionCompleted', id, result });
  const success = { kind: 'Success', amount: 75 } as const;

  it('holds the price of a free slot under the next id', async () => {
    const [asked] = await play(request(monday));
    expect(asked?.outcome).toEqual({ kind: 'ok' });
    expect(asked?.actions).toEqual([
      {
        kind: 'tracked',
        id: 1,
        action: { kind: 'Preauth', userId: 1, amountCents: 7500, reqId: 1 },
      },
    ]);
  });

  it.each([
    ['before the hours', 'Monday', '08:45'],
    ['across the lunch break', 'Monday', '11:45'],
    ['after the hours', 'Friday', '14:45'],
  ] as const)('refuses a slot %s', async (_, day, time) => {
    const [asked] = await play(request({ ...monday, day, time }));
    expect(asked?.outcome).toEqual({ kind: 'err', error: { kind: 'SlotNotAvailable' } });
  });

  it('releases the payment of the later of two requests for the same slot', async () => {
    const steps = await play(
      request(monday),
      request({ ...monday, userId: 2 }),
      complete(1, success),
      complete(2, success),
    );
    expect(steps[3]?.actions).toEqual([
      { kind: 'tracked', id: 2, action: { kind: 'Release', reqId: 2 } },
    ]);
    const { pending, bookings } = stateAfter(steps, 3);
    expect(pending.get(2)?.status).toBe('SlotTaken');
    expect(bookings.get('Monday 09:15')?.userId).toBe(1);
  });

  it('finds the first slot by days, then hours, then preferred ranges', async () => {
    const auto = {
      ...slot,
      kind: 'RequestAuto',
      userId: 3,
      days: ['Wednesday', 'Monday'],
      times: [['11:50', '14:40']],
    } as const;
    const [asked] = await play(request(auto));
    const state = stateAfter([asked], 0);
    expect(state.pending.get(1)?.slot).toEqual({ day: 'Wednesday', time: '14:00' });
  });

  it('asks again after a crash for every request that awaits its payment', async () => {
    const steps = await play(
      request(monday),
      request({ ...monday, day: 'Friday' }),
      complete(1, success),
      step({ kind: 'crash', dispatched: 0 }),
      step({ kind: 'restore' }),
    );
    expect(steps.at(-1)?.actions).toEqual([
      { kind: 'tracked', id: 2, action: { kind: 'CheckStatus', reqId: 2 } },
    ]);
  });

  it('rejects the success of a request that it does not know, and accepts other results', async () => {
    const [success7, ...others] = await play(
      complete(7, success),
      complete(7, { kind: 'Failed', reason: 'Insufficient funds' }),
      complete(7, { kind: 'Released' }),
      complete(7, { kind: 'Pending' }),
    );
    expect(success7?.outcome).toEqual({ kind: 'err', error: { kind: 'InvalidRequest' } });
    for (const { outcome, before, after } of others) {
      expect(outcome).toEqual({ kind: 'ok' });
      expect(after).toBe(before);
    }
  });
});

describe('the payment processor', () => {
  const preauth = { kind: 'Preauth', userId: 1, amountCents: 7500, reqId: 1 } as const;
  const check = { kind: 'CheckStatus', reqId: 1 } as const;
  const held = { kind: 'Success', amount: 75 } as const;

  function start(strikes: boolean): PaymentProcessor {
    const processor = new PaymentProcessor({
      random: seededRandom(1),
      strikes: () => strikes,
    });
    expect(processor.receive(1, preauth)).toBeUndefined();
    return processor;
  }

  it('says once that a payment is not decided, and then sends the decision', () => {
    const processor = start(false);
    expect(processor.receive(1, check)).toEqual({ kind: 'Pending' });
    expect(processor.receive(2, check)).toBeUndefined();
    expect(processor.requestOf(2)).toBe(1);
    expect(processor.decide(0, true)).toEqual({
      kind: 'trackedActionCompleted',
      id: 1,
      result: held,
    });
    expect(processor.poll()).toEqual({ kind: 'trackedActionCompleted', id: 2, result: held });
    expect(processor.poll()).toBeUndefined();
    expect(processor.receive(3, check)).toEqual(held);
  });

  it('answers a question under the id of the payment only once', () => {
    const processor = start(false);
    processor.receive(1, check);
    expect(processor.receive(1, check)).toBeUndefined();
    processor.decide(0, false);
    expect(processor.poll()).toBeUndefined();
  });

  it('reports under the id of the request when the bank takes a hold back', () => {
    const processor = start(true);
    expect(processor.decide(0, true).result).toEqual(held);
    const result = { kind: 'Failed', reason: 'Hold taken back by the bank' };
    expect(processor.poll()).toEqual({ kind: 'trackedActionCompleted', id: 1, result });
    expect(processor.receive(1, check)).toEqual(result);
  });

  it('does not know a payment that it never received', () => {
    const result = { kind: 'Failed', reason: 'Unknown payment' };
    expect(start(false).receive(7, { kind: 'CheckStatus', reqId: 7 })).toEqual(result);
  });
});
