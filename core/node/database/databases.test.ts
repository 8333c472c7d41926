import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHECK_EVERYTHING } from '../../engine/check-plan.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run, startRun } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import { checkSeed } from '../../sweep/seed-check.ts';
import { TraceRecorder } from '../../trace/recorder.ts';
import { loadMachine, type LoadedMachine } from '../load/machine-loader.ts';
import {
  PGLITE,
  SQLITE,
  START_MS_MAX,
  startServerDatabase,
  titled,
  type TestDatabase,
  ACCOUNTS_SCHEMA,
} from '../test-helpers/test-databases.ts';

vi.setConfig({ testTimeout: START_MS_MAX, hookTimeout: START_MS_MAX });

/** Tests that every database for the state of a machine must pass. */

const { database: SERVER, server } = await startServerDatabase();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-databases-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await server?.stop();
});

describe.each(titled([SQLITE, PGLITE, SERVER]))('a state in %s', (_, database) => {
  const { isMissing } = database;

  describe.skipIf(isMissing)('of a machine', () => {
    const { loadBody, loadLedger, play } = machinesIn(database);

    beforeAll(async () => {
      await (await loadBody('')).close();
    });

    it('reports a violated constraint to the machine', async () => {
      const { outcome, findings } = await play(
        `try { await state.run("insert into accounts (id, owner, balance) values (1, 'Bob', 1)"); }
         catch (error) { return err(error instanceof StorageError ? error.problem : error); }`,
      );
      expect([outcome, findings]).toEqual([{ kind: 'err', error: 'constraint' }, []]);
    });

    it('rejects a step whose commit breaks a deferred constraint', async () => {
      const { outcome, after, before } = await play(
        'await state.run("insert into links values (1, 9)");',
      );
      expect(outcome).toMatchObject({ kind: 'err', error: { kind: 'StorageFailed' } });
      expect(after).toBe(before);
    });

    it('finds a panic at the line of an invalid statement', async () => {
      const { outcome, findings } = await play(
        'await state.run("update accounts set nothing = 1");',
      );
      expect(outcome).toMatchObject({
        kind: 'panic',
        error: {
          name: 'SqlError',
          message: expect.stringContaining('in: update accounts set nothing = 1') as string,
        },
      });
      expect(findings).toMatchObject([
        { kind: 'panic', source: expect.stringMatching(/^machine-\d+\.ts:4:/) as string },
      ]);
    });

    it.each([
      ['atomicity', 'commit'],
      ['no side effects', 'update accounts set owner = current_timestamp'],
      ['no side effects', 'select random()'],
    ])('finds as a violation of %s: %s', async (rule, sql) => {
      const { findings, after, before } = await play(`await state.run(${JSON.stringify(sql)});`);
      expect(findings.map((finding) => finding.kind === 'rule' && finding.name)).toEqual([rule]);
      expect(after).toBe(before);
    });

    it.each(['crashAtAccess', 'accessFails'] as const)(
      'survives %s at any access',
      async (kind) => {
        const machine = await loadBody(
          `await state.run("update accounts set balance = balance - 1");
         const row = await state.get("select balance from accounts");
         await state.run("insert into entries values (1, 'x', null)");`,
        );
        for (let access = 0; access < 3; access += 1) {
          const operation = { kind: 'normal', input: 'go', fault: { kind, access } } as const;
          const { outcome, before, after } = await runOne(machine, operation);
          expect(outcome.kind).toBe(kind === 'crashAtAccess' ? 'crashed' : 'err');
          expect(after).toBe(before);
        }
      },
    );

    it(
      'gives the same trace for the same seed, under faults',
      async () => {
        const machine = await loadLedger();
        const lines = await record(machine, 7n);
        expect(lines.length).toBeGreaterThan(LEDGER_OPERATIONS);
        expect(await record(machine, 7n)).toEqual(lines);
        await machine.close();
      },
      START_MS_MAX,
    );

    it(
      'has no findings for a sound machine, under faults',
      async () => {
        const loaded = await loadLedger();
        const { machine, guard, locate, scenarios } = loaded;
        const [scenario] = scenarios;
        if (!scenario) throw new Error('there is one');
        const settings = { scenario, operationsMax: LEDGER_OPERATIONS, faults: CHAOS, locate };
        const subject = { machine, guard, settings, sampling: CHECK_EVERYTHING };
        for (const seed of [1n, 2n, 3n]) {
          const part = await checkSeed(subject, seed, goOn, goOn);
          expect(part.groups).toEqual([]);
          expect(part.checks.rules['tracked actions are restorable']).toBeGreaterThan(0);
        }
        await loaded.close();
      },
      START_MS_MAX,
    );
  });
});

function goOn(): boolean {
  return true;
}

let files = 0;

/** Writes and loads machines whose state is in a database. */
function machinesIn({ dialect, options }: TestDatabase) {
  const load = async (source: (storage: string) => string) => {
    files += 1;
    const path = join(folder, `machine-${files}.ts`);
    await writeFile(path, source(`${dialect}({ ...${JSON.stringify(options)}, schema })`));
    return loadMachine(path);
  };
  /** A machine whose `stf` has a body on line 4 of its file, from column 1. */
  const loadBody = (body: string) => load((storage) => machineOf(storage, body));
  return {
    loadBody,
    loadLedger: () => load(ledgerOf),
    /** Executes one input on a machine with this body. */
    play: async (body: string) => {
      const machine = await loadBody(body);
      const step = await runOne(machine, { kind: 'normal', input: 'go' });
      await machine.close();
      return step;
    },
  };
}

function machineOf(storage: string, body: string): string {
  return [
    `import { err, ok, postgresql, sqlite, StorageError } from 'phasmoscope'; void [err, postgresql, sqlite, StorageError];`,
    `const schema = ${JSON.stringify(ACCOUNTS_SCHEMA)};`,
    `export const machine: any = { name: 'm', description: '', storage: ${storage}, invariants: {}, async stf(state: any) {`,
    body,
    'return ok(); }, restore: () => ok() };',
  ].join('\n');
}

async function runOne({ machine, guard, locate }: LoadedMachine, operation: Operation) {
  const run = new Run(machine, replaySource([operation]), { guard, locate });
  const executed: Executed[] = [];
  await run.advance(1, (one) => executed.push(one));
  run.close();
  const [step] = executed;
  if (!step) throw new Error('one operation is one step');
  return step;
}

/** Moves money, and keeps its books. */
function ledgerOf(storage: string): string {
  return `
    import { err, ok, postgresql, sqlite, StorageError } from 'phasmoscope';
    void [postgresql, sqlite];
    const schema = \`
      create table accounts (name text primary key, balance integer not null check (balance >= 0));
      create table transfers (id integer primary key, payer text not null references accounts (name),
        amount integer not null, is_told boolean not null);
      insert into accounts values ('Ann', 10), ('Bob', 5);\`;
    export const machine: any = {
      name: 'ledger', description: '', storage: ${storage},
      async stf(state: any, input: any, actions: any) {
        if (input.kind === 'trackedActionCompleted') {
          await state.run('update transfers set is_told = true where id = ' + input.id);
          return ok();
        }
        const { payer, payee, amount } = input.input;
        const { id } = await state.get('select coalesce(max(id), 0) + 1 as id from transfers');
        try {
          await state.run(\`update accounts set balance = balance - \${amount} where name = '\${payer}'\`);
        } catch (error) {
          if (error instanceof StorageError && error.problem === 'constraint') return err('too little');
          throw error;
        }
        await state.run(\`update accounts set balance = balance + \${amount} where name = '\${payee}'\`);
        await state.run(\`insert into transfers values (\${id}, '\${payer}', \${amount}, false)\`);
        actions.tracked(id, { kind: 'Tell' });
        return ok();
      },
      async restore(state: any, actions: any) {
        for (const { id } of await state.all('select id from transfers where not is_told order by id')) {
          actions.tracked(id, { kind: 'Tell' });
        }
        return ok();
      },
      invariants: {
        'no money is made': ({ accounts }: any) =>
          [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0) === 15,
      },
    };
    const names = ['Ann', 'Bob'];
    export const scenarios: any = [{
      name: 'payments', description: '', defaults: { seed: '1', operations: 40 },
      start(random: any) {
        const waiting: number[] = [];
        return {
          next() {
            const id = waiting.shift();
            if (id !== undefined && random.genBool(0.5)) return { kind: 'trackedActionCompleted', id, result: 'told' };
            if (id !== undefined) waiting.push(id);
            const input = { payer: random.choose(names), payee: random.choose(names), amount: random.choose([1, 2, 6]) };
            return { kind: 'normal', input };
          },
          observe({ operation, actions }: any) {
            if (operation.kind === 'crash') waiting.length = 0;
            for (const action of actions) if (action.kind === 'tracked') waiting.push(action.id);
          },
          tallies: () => ({ waiting: waiting.length }),
        };
      },
    }];`;
}

const LEDGER_OPERATIONS = 40;
const CHAOS = FAULT_PROFILES.chaos;

async function record(loaded: LoadedMachine, seed: bigint): Promise<readonly string[]> {
  const { machine, scenarios, guard, locate, sourceHash } = loaded;
  const [scenario] = scenarios;
  if (!scenario) throw new Error('there is one');
  const operationsMax = LEDGER_OPERATIONS;
  const settings = { scenario, seed, operationsMax, faults: CHAOS, locate };
  const run = startRun(machine, settings, { guard });
  const recorder = new TraceRecorder(machine, run, {
    scenario: scenario.name,
    seed,
    operationsMax,
    faults: 'chaos',
    sourceHash,
  });
  const lines = [recorder.header()];
  while (await run.advance(10, (step) => lines.push(recorder.step(step))));
  return [...lines, recorder.end()];
}
