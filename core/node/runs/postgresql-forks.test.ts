import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureOf } from '../../engine/signature.ts';
import type { Executed } from '../../machine/executed.ts';
import { forkOfCrash, type Fork } from '../../trace/format/fork.ts';
import { formatStep } from '../../trace/format/format.ts';
import { recordStep } from '../../trace/recorder.ts';
import { askButFor } from '../../what-if/but-for.ts';
import { crashEverywhere, verdictInBrief } from '../../what-if/crash-everywhere.ts';
import { startFork, type ForkSubject } from '../../what-if/fork.ts';
import { parentInMemory, type Parent } from '../../what-if/parent.ts';
import { findFaultProfile, loadMachine } from '../load/machine-loader.ts';
import { everyChange } from '../test-helpers/every-change.ts';
import {
  PGLITE,
  START_MS_MAX,
  startServerDatabase,
  titled,
} from '../test-helpers/test-databases.ts';
import { planRun, startRecorded, type LoadedPlan } from './planning.ts';

/** Orders that are paid by tracked actions: a result that comes twice is booked twice. */
const machineOf = (connectionString = '') => `import { ok, err, postgresql } from 'phasmoscope';
export const machine = {
  name: 'orders', description: '',
  storage: postgresql({
    schema: 'create table orders (id integer primary key, cents integer not null, paid integer not null)',
    ${connectionString === '' ? '' : `connectionString: ${JSON.stringify(connectionString)},`}
  }),
  async stf(db, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      const { changes } = await db.run('update orders set paid = paid + cents where id = $1', [input.id]);
      return changes === 1 ? ok() : err('UnknownOrder');
    }
    const { id } = await db.get('select coalesce(max(id), 0) + 1 as id from orders');
    actions.tracked(id, { kind: 'Charge', cents: input.input });
    await db.run('insert into orders values ($1, $2, 0)', [id, input.input]);
    return ok();
  },
  async restore(db, actions) {
    for (const { id, cents } of await db.all('select id, cents from orders where paid = 0 order by id')) {
      actions.tracked(id, { kind: 'Charge', cents });
    }
    return ok();
  },
  invariants: {
    'an order is paid once': ({ orders }) => [...orders.values()].every(({ cents, paid }) => paid <= cents),
  },
};
export const scenarios = [{
  name: 'day', description: '', defaults: { seed: '1', operations: 12 },
  start(random) {
    const open = new Set();
    return {
      next() {
        const [id] = open;
        if (id !== undefined && random.genBool(0.5)) {
          open.delete(id);
          return { kind: 'trackedActionCompleted', id, result: 'paid' };
        }
        return { kind: 'normal', input: random.genRange('u32', 1, 90) };
      },
      observe({ actions }) {
        for (const action of actions) if (action.kind === 'tracked') open.add(action.id);
      },
      tallies: () => ({}),
    };
  },
}];
`;

const FAULTS = 'chaos';
const { database: SERVER, server } = await startServerDatabase();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-postgresql-forks-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server?.stop();
}, START_MS_MAX);

const lineOf = (step: Executed) => formatStep(recordStep(step));

async function stepsOf(subject: ForkSubject, parent: Parent, fork: Fork) {
  const { run } = await startFork(subject, parent, fork);
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  return steps;
}

/** The run of the first seed in which one order is paid twice, and how it fails. */
async function firstPaidTwice(plan: LoadedPlan) {
  for (let seed = 0n; seed < 60n; seed += 1n) {
    const parent = await parentInMemory(await startRecorded(plan, seed));
    const findings = Array.from({ length: parent.length }, (_, at) => parent.step(at).findings);
    // It happens once, so that without a part of it the run does not fail otherwise.
    const [found, other] = findings.flat().filter(({ kind }) => kind === 'invariant');
    if (found && !other) {
      return { parent, failure: { signature: signatureOf(found), stepIndex: found.stepIndex } };
    }
  }
  throw new Error('no seed pays an order twice');
}

describe.each(titled([PGLITE, SERVER]))('forks of a machine on %s', (_, { isMissing, options }) => {
  it.skipIf(isMissing)(
    'are those of the whole run, whatever they change, and equal it where they change nothing',
    async () => {
      const path = join(folder, `orders-${options.connectionString ? 'server' : 'embedded'}.ts`);
      writeFileSync(path, machineOf(options.connectionString));
      const loaded = await loadMachine(path);
      try {
        const plan = await planRun(loaded, { operationsMax: 12, faults: FAULTS });
        const { machine, guard, locate, sourceHash } = loaded;
        const scenario = plan.settings.scenario;
        const faults = findFaultProfile(loaded, FAULTS);
        const subject = { machine, guard, locate, sourceHash, scenario, faults };
        const parent = await parentInMemory(await startRecorded(plan, 3n));
        const { from: at, changes } = everyChange(parent);

        for (const goesOn of ['sameOperations', 'scenario'] as const) {
          const same = await stepsOf(subject, parent, { from: at, changes: [], goesOn });
          const expected = Array.from({ length: parent.length - at }, (__, place) =>
            lineOf(parent.step(at + place)),
          );
          expect(same.map(lineOf)).toEqual(expected);
        }
        for (const change of changes) {
          const fork = { changes: [change], goesOn: 'sameOperations' } as const;
          const whole = await stepsOf(subject, parent, { ...fork, from: 0 });
          const tail = await stepsOf(subject, parent, { ...fork, from: at });
          expect([change.kind, tail.map(lineOf)]).toEqual([
            change.kind,
            whole.slice(at).map(lineOf),
          ]);
        }
      } finally {
        await loaded.close();
      }
    },
    START_MS_MAX,
  );
});

it(
  'a run on PostgreSQL is explained and crashed everywhere as its forks say',
  async () => {
    const path = join(folder, 'explained.ts');
    writeFileSync(path, machineOf());
    const loaded = await loadMachine(path);
    try {
      const plan = await planRun(loaded, { operationsMax: 3, faults: FAULTS });
      const { machine, guard, locate, sourceHash } = loaded;
      const { scenario } = plan.settings;
      const faults = findFaultProfile(loaded, FAULTS);
      const subject = { machine, guard, locate, sourceHash, scenario, faults };
      const { parent, failure } = await firstPaidTwice(plan);
      const { parts, isStopped } = await askButFor(subject, parent, failure);
      expect(isStopped).toBe(false);
      // What it needs is a result that is booked twice, and taking out what is needed is a fork that passes.
      const needed = parts.filter(({ need }) => need === 'needed');
      expect(needed.map(({ part }) => part.kind)).toContain('secondDelivery');
      for (const { part } of needed) {
        const fork: Fork = { from: 0, changes: part.without, goesOn: 'sameOperations' };
        const found = (await stepsOf(subject, parent, fork)).flatMap(({ findings }) => findings);
        expect(found.map(signatureOf)).not.toContain(failure.signature);
      }

      const { verdicts } = await crashEverywhere(subject, parent);
      expect(verdicts.length).toBeGreaterThanOrEqual(parent.length);
      for (const verdict of verdicts.slice(0, 12)) {
        const steps = await stepsOf(subject, parent, forkOfCrash(verdictInBrief(verdict)));
        const found = steps.flatMap(({ findings }) => findings).map(signatureOf);
        const own = verdict.findings.filter(({ shape }) => shape !== 'crash').map(signatureOf);
        expect(found).toEqual(expect.arrayContaining(own));
      }
    } finally {
      await loaded.close();
    }
  },
  START_MS_MAX,
);
