import { startRun } from '../engine/run.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import { defineScenario } from '../machine/scenario.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { percentile, report } from './report.ts';

/**
 * @file What a step costs that changes one of many records, against one of few. What is left of the
 * difference is memory: the nodes on the way to a record of 100,000 are not in the caches of the
 * processor, and more new nodes outlive a collection of garbage, since hardly any is replaced soon. So
 * the ratio grows with whatever else uses the caches, as on a computer that is busy.
 */

/** The numbers of records that are compared, and the steps of a round. */
const FEW = 1_000;
const MANY = 100_000;
const STEPS = 400;
const ROUNDS = 32;
/** The first rounds make the containers wide, and the code is still being compiled. */
const WARM_UP_ROUNDS = 14;

interface Row {
  id: number;
  at: number;
}

type Records = Map<string, Row> | Record<string, Row> | Row[] | Set<string>;

interface Wide extends MachineTypes {
  State: { records: Records; steps: number };
  Input: number;
}

/** A kind of container: how it is filled, and how a step changes one of its records. */
interface Kind {
  readonly fill: (rows: readonly Row[]) => Records;
  /** @param key drawn from all that there were in the beginning. */
  readonly change: (records: never, key: number, step: number) => unknown;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'a Map': {
    fill: (rows) => new Map(rows.map((row) => [`k${row.id}`, row])),
    change: (records: Map<string, Row>, key, step) => {
      const row = records.get(`k${key}`);
      if (row) row.at = step;
    },
  },
  'an object': {
    fill: (rows) => Object.fromEntries(rows.map((row) => [`k${row.id}`, row])),
    change: (records: Record<string, Row>, key, step) => {
      const row = records[`k${key}`];
      if (row) row.at = step;
    },
  },
  'an array': {
    fill: (rows) => [...rows],
    change: (records: Row[], key, step) => {
      const row = records[key];
      if (row) row.at = step;
    },
  },
  'an array as a queue': {
    fill: (rows) => [...rows],
    change: (records: Row[], _, step) => {
      records.shift();
      records.push({ id: step, at: step });
    },
  },
  'a Set': {
    fill: (rows) => new Set(rows.map(({ id }) => `k${id}`)),
    // A member that is taken out is there: the steps of all rounds do the same.
    change: (records: Set<string>, key) => {
      records.delete(`k${key}`);
      records.add(`k${key}`);
    },
  },
};

/** Something whose steps can be timed, round by round. */
interface Timed {
  /** The processor's time for a step in each round, in microseconds. */
  readonly micros: number[];
  round(): void;
}

function timed({ fill, change }: Kind, count: number, isRecorded: boolean): Timed {
  const machine = defineMachine<Wide>({
    name: 'wide',
    description: '',
    initialState: () => ({
      records: fill(Array.from({ length: count }, (_, id): Row => ({ id, at: 0 }))),
      steps: 0,
    }),
    stf(state, input) {
      const key = input.kind === 'normal' ? input.input : 0;
      state.update((draft) => {
        draft.steps += 1;
        change(draft.records as never, key, draft.steps);
      });
      return ok();
    },
    restore: () => ok(),
    invariants: { counts: ({ steps }) => steps >= 0 },
  });
  const scenario = defineScenario<Wide>({
    name: 'all',
    description: '',
    defaults: { seed: '1', operations: STEPS },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: random.genRange('u32', 0, count) }),
      observe() {},
      tallies: () => ({}),
    }),
  });
  const settings = { scenario, seed: 1n, operationsMax: Number.MAX_SAFE_INTEGER };
  const run = startRun(machine, settings);
  const label = { scenario: 'all', seed: 1n, operationsMax: 0, faults: 'none' };
  const recorder = isRecorded ? new TraceRecorder(machine, run, label) : undefined;
  const micros: number[] = [];
  return {
    micros,
    round() {
      const start = process.cpuUsage();
      void run.advance(STEPS, (step) => recorder?.step(step));
      const { user, system } = process.cpuUsage(start);
      micros.push((user + system) / STEPS);
    },
  };
}

for (const [name, kind] of Object.entries(KINDS)) {
  for (const isRecorded of [false, true]) {
    const [few, many] = [timed(kind, FEW, isRecorded), timed(kind, MANY, isRecorded)];
    // In turns, so that whatever else the computer does strikes both.
    for (let round = 0; round < ROUNDS; round += 1) for (const each of [few, many]) each.round();
    const [one, other] = [few, many].map(({ micros }) =>
      percentile(micros.slice(WARM_UP_ROUNDS), 0.5),
    );
    const what = `${isRecorded ? 'record' : 'run'}, ${name} of ${MANY.toLocaleString('en-US')}`;
    report(what, other ?? 0, 'µs a step');
    report(
      `  against ${FEW.toLocaleString('en-US')}`,
      (other ?? 0) / (one ?? 1),
      'times',
      'under 1.5',
    );
  }
}
