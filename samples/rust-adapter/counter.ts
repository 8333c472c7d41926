import {
  childProcess,
  defineScenario,
  type Completion,
  type DeepReadonly,
  type ExternalFaults,
  type ExternalSystems,
  type MachineTypes,
} from 'phasmoscope';

/** The types in counter.rs as serde writes them. */
interface Counter extends MachineTypes {
  State: { count: number; next_id: number; printing: Record<string, number>; printed: number };
  Input: { Add: { amount: number } } | 'Ticket';
  Id: number;
  Tracked: { count: number };
  Untracked: { from: number; to: number };
  Result: 'Printed' | 'OutOfPaper';
  Rejection: 'Overflow' | 'NotTaken';
}

/** Build it first: `cargo build --release` in this folder. */
export const machine = childProcess({
  name: 'counter-rust',
  description: 'A counter that prints tickets, in Rust.',
  command: ['target/release/counter'],
});

/** Prints each ticket once, unless it is out of paper, and reports the result again when asked. */
class Printer implements ExternalSystems<Counter> {
  readonly #faults: ExternalFaults;
  readonly #results = new Map<number, Counter['Result']>();

  constructor(faults: ExternalFaults) {
    this.#faults = faults;
  }

  receive(id: number): Counter['Result'] {
    const result = this.#results.get(id) ?? (this.#faults.strikes() ? 'OutOfPaper' : 'Printed');
    this.#results.set(id, result);
    return result;
  }

  /** Follows what the messages say, so that a run can be judged again without its generator. */
  observe({ id, result }: Completion<Counter>): void {
    this.#results.set(id, result);
  }

  readonly settled = {
    'every ticket that was printed is counted': ({ printed }: DeepReadonly<Counter['State']>) => {
      const results = [...this.#results.values()];
      const came = results.filter((result) => result === 'Printed').length;
      return came === printed || `${came} tickets were printed, and ${printed} are counted`;
    },
  };
}

export const scenarios = [
  defineScenario<Counter>({
    name: 'tickets',
    description: 'Adds, and prints a ticket now and then.',
    defaults: { seed: '1', operations: 300 },
    start(random, faults) {
      const external = new Printer(faults);
      return {
        external,
        next() {
          if (random.genBool(0.3)) return { kind: 'normal', input: 'Ticket' };
          const amount = random.genRange('u32', 1, 1000);
          return { kind: 'normal', input: { Add: { amount } } };
        },
        observe({ operation }) {
          const isResult = operation.kind === 'trackedActionCompleted' || operation.kind === 'loss';
          if (isResult) external.observe({ ...operation, kind: 'trackedActionCompleted' });
        },
        tallies: () => ({}),
      };
    },
  }),
];
