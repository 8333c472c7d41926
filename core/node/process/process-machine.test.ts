import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planChecks } from '../../engine/check-plan.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../../machine/faults.ts';
import type { Operation, StepFault } from '../../machine/operation.ts';
import { ProblemError } from '../../problem.ts';
import { COUNTER_FOLDER, counterCommand, counterMachine } from '../test-helpers/test-process.ts';
import { MachineProcess } from './machine-process.ts';
import { connectProcess, type ConnectedMachine } from './process-machine.ts';
import { PROTOCOL_VERSIONS, type ProtocolVersion } from './protocol.ts';

const connected: ConnectedMachine[] = [];
/** The versions of the protocol that the counter is offered. */
let versions: readonly ProtocolVersion[] = PROTOCOL_VERSIONS;

afterEach(() => {
  versions = PROTOCOL_VERSIONS;
});
afterEach(() => Promise.all(connected.splice(0).map((one) => one.close())));

async function connect(...args: Parameters<typeof counterMachine>): Promise<ConnectedMachine> {
  const machine = await connectProcess(counterMachine(...args), COUNTER_FOLDER, { versions });
  connected.push(machine);
  return machine;
}

function input(name: string, fault?: StepFault): Operation {
  return { kind: 'normal', input: name, ...(fault ? { fault } : {}) };
}

/** Executes inputs, by their names, or other operations. */
async function execute(
  { machine }: ConnectedMachine,
  operations: readonly (string | Operation)[],
  faults: FaultProfile = FAULT_PROFILES.none,
): Promise<Executed[]> {
  const list = operations.map((one) => (typeof one === 'string' ? input(one) : one));
  const checks = planChecks(machine, faults);
  const steps: Executed[] = [];
  const run = new Run(machine, replaySource(list), { checks });
  await run.advance(Number.POSITIVE_INFINITY, (step) => void steps.push(step));
  return steps;
}

type Failing = readonly [input: string, error: string, cause: string, more: string];

/** Malformed answers, with the errors that report them. */
const MALFORMED: readonly Failing[] = [
  ['shapeless', 'ProtocolError', 'a malformed answer to stf', 'outcome'],
  ['badState', 'ProtocolError', '"$what" is not a known encoding', 'PROTOCOL.md'],
  ['noVerdict', 'ProtocolError', 'it has no verdict on "small"', 'PROTOCOL.md'],
  ['many', 'ProtocolError', 'actions: it has 10 001', 'at most 10 000'],
];

/** Processes that break in ways in which the versions do not differ. */
const BROKEN: readonly Failing[] = [
  ['garbage', 'ProtocolError', 'Line NEXT of the standard output', 'asked for stf: "debug: here"'],
  ['exits', 'ProcessEnded', 'ended with exit code 7 while it was asked for stf', 'out of memory'],
  ['closes', 'ProcessEnded', 'closed a pipe', 'after LAST lines'],
  [
    'rounded',
    'ProtocolError',
    'the number 9007199254740993 at result.state.n does not fit',
    '{"$bigint":"9007199254740993"}',
  ],
  ['latin1', 'ProtocolError', 'is not valid UTF-8 while it was asked for stf', 'UTF-8'],
  ['long', 'ProtocolError', 'Line NEXT of the', 'is longer than 67 108 864 characters'],
  ['endless', 'ProtocolError', 'Line NEXT of the', 'is longer than 67 108 864 characters'],
  ['deep', 'ProtocolError', 'has brackets in more than 1 616 levels', 'at most 400 levels deep'],
  ['chatty', 'ProtocolError', 'more than 16 777 216 characters to standard error', 'Write less'],
  ['late', 'ProcessTimeout', 'no answer to stf in 1000 ms', 'timeLimitMs'],
];

describe.each(PROTOCOL_VERSIONS)('in version %i of the protocol', (version) => {
  beforeEach(() => {
    versions = [version];
  });

  describe('a step in a process', () => {
    it('changes the state, and keeps what did not change', async () => {
      const [, second] = await execute(await connect(), ['add', 'add']);
      expect(second?.after).toEqual({ n: 2, log: [] });
      const [before, after] = [second?.before, second?.after] as { log: unknown }[];
      expect(after?.log).toBe(before?.log);
    });

    it('leaves the very same state when nothing changed', async () => {
      const steps = await execute(await connect(), ['add', 'look', 'refuse']);
      expect(steps[1]?.after).toBe(steps[0]?.after);
      expect(steps[2]).toMatchObject({ outcome: { kind: 'err', error: 'no' }, findings: [] });
    });

    it('takes and gives values outside JSON', async () => {
      const completion: Operation = {
        kind: 'trackedActionCompleted',
        id: 3n,
        result: new Set(['x']),
      };
      const steps = await execute(await connect(), ['big', completion]);
      expect(steps[0]?.after).toEqual({ n: 9007199254740993n, log: [] });
      expect(steps[1]?.after).toMatchObject({ log: [{ id: 3n, result: new Set(['x']) }] });
    });

    it('reports an invariant that fails, and that it holds again', async () => {
      const machine = await connect();
      const steps = await execute(machine, ['add', 'add', 'add']);
      expect(steps[2]?.findings).toMatchObject([
        { kind: 'invariant', name: 'small', message: '3 is too much' },
      ]);
      const [again] = await execute(machine, ['add']);
      expect(again?.findings).toEqual([]);
    });

    it('begins each run with the initial state', async () => {
      const machine = await connect();
      await execute(machine, ['add', 'add']);
      const [first] = await execute(machine, ['add']);
      expect(first?.after).toEqual({ n: 1, log: [] });
    });

    it('is rolled back by an error, and its attempted state is shown', async () => {
      const steps = await execute(await connect(), ['add', 'changeAndRefuse', 'add']);
      expect(steps[1]).toMatchObject({
        attempted: { n: 99 },
        after: { n: 1 },
        findings: [{ kind: 'rule', name: 'atomicity', actual: 'changed n' }],
      });
      expect(steps[2]?.after).toEqual({ n: 2, log: [] });
    });

    it('that panics says where, and is rolled back', async () => {
      const steps = await execute(await connect(), ['panic', 'changeAndPanic', 'add']);
      expect(steps[0]?.outcome).toMatchObject({
        kind: 'panic',
        error: { name: 'RangeError', message: 'too far' },
      });
      expect(steps[1]?.findings.map(({ name }) => name)).toEqual(['Error', 'atomicity']);
      expect(steps[2]?.after).toEqual({ n: 1, log: [] });
    });

    it.each([
      [0, ['refused 0'], ['b']],
      [1, ['refused 1'], ['a']],
    ])('is taken again when action %i is refused', async (action, log, actions) => {
      const [step] = await execute(await connect(), [
        input('act', { kind: 'actionRefused', action }),
      ]);
      expect(step?.after).toEqual({ n: 0, log });
      expect(step?.actions.map((one) => one.action)).toEqual(actions);
      expect(step?.refused).toHaveLength(1);
    });

    it.each<StepFault>([
      { kind: 'crashAtAccess', access: 0 },
      { kind: 'crashAtAccess', access: 1 },
      { kind: 'crashBeforeCommit' },
      { kind: 'accessFails', access: 1 },
      { kind: 'commitFails' },
    ])('leaves nothing after %o', async (fault) => {
      const steps = await execute(await connect(), ['add', input('add', fault), 'add']);
      expect(steps[1]).toMatchObject({ operation: { fault }, after: { n: 1 }, findings: [] });
      expect(steps[2]?.after).toEqual({ n: 2, log: [] });
    });

    it('that decides by what is not in the state is found', async () => {
      const [step] = await execute(await connect(), ['hidden']);
      expect(step?.findings).toMatchObject([{ kind: 'rule', name: 'determinism' }]);
    });
  });

  describe('restore in a process', () => {
    it('emits from the state alone', async () => {
      const steps = await execute(await connect(), ['add', { kind: 'restore' }]);
      expect(steps[1]?.actions).toEqual([{ kind: 'tracked', id: 'again', action: 1 }]);
    });

    it('that changes the state is found', async () => {
      const steps = await execute(await connect(), [
        ...'add '.repeat(5).trim().split(' '),
        { kind: 'restore' },
      ]);
      expect(steps[5]).toMatchObject({ outcome: { error: { name: 'RestoreChangedState' } } });
      expect(steps[5]?.after).toMatchObject({ n: 5 });
    });
  });

  it('is not checked for side effects, and the reason is shown', async () => {
    const { machine } = await connect();
    expect(machine.waivers?.['no side effects']).toContain('process of its own');
    expect(Object.keys(planChecks(machine, FAULT_PROFILES.chaos).rules)).toHaveLength(7);
  });

  describe('a process that fails in a step is a panic, and is started again', () => {
    it.each(version === 1 ? MALFORMED : [...MALFORMED, ...BROKEN])(
      '%s',
      async (name, error, cause, more) => {
        // Only the late one waits for its limit: the others would miss it on a busy computer.
        const limitMs = name === 'late' ? 1_000 : 30_000;
        const steps = await execute(await connect('sound', limitMs), ['add', name, 'add']);
        const outcome = steps[1]?.outcome as { error?: { name: string; message: string } };
        expect(outcome.error?.name).toBe(error);
        // The lines that came before: version 2 has two audits among them.
        const lines = version === 1 ? 6 : 8;
        const fill = (text: string) =>
          text.replace('LAST', `${lines}`).replace('NEXT', `${lines + 1}`);
        expect(outcome.error?.message).toContain(fill(cause));
        expect(outcome.error?.message).toContain(fill(more));
        expect(steps[2]?.after).toEqual({ n: 2, log: [] });
      },
    );
  });
});

describe('in version 2 of the protocol', () => {
  it('a step that tells more than what changed keeps what did not', async () => {
    const steps = await execute(await connect(), ['wider', 'wider']);
    const [before, after] = steps.map((step) => (step.after as { log: unknown[] }).log);
    expect(after).toEqual([[1], [1]]);
    expect(after?.[0]).toBe(before?.[0]);
  });

  it.each([
    ['unfit', 'changes: The patch does not fit: missing is not there'],
    ['unformed', 'changes.0.0: must be "'],
    ['both', 'changes: there is a state as well'],
  ])('changes that cannot be applied are a panic: %s', async (name, cause) => {
    const steps = await execute(await connect(), ['add', name, 'add']);
    const outcome = steps[1]?.outcome as { error?: { name: string; message: string } };
    expect(outcome.error?.name).toBe('ProtocolError');
    expect(outcome.error?.message).toContain(`a malformed answer to stf: ${cause}`);
    expect(outcome.error?.message).toContain('PROTOCOL.md');
    expect(steps[2]?.after).toEqual({ n: 2, log: [] });
  });

  it('a change that is not reported is found', async () => {
    const [step] = await execute(await connect(), ['unsaid']);
    const { error } = (step?.outcome ?? {}) as { error?: { message: string } };
    expect(error?.message).toContain('changes: they lead to 0 at n, where the process keeps 1');
    expect(error?.message).toContain(
      'List everything that the step has changed in the field "changes"',
    );
  });

  it('a step that is rolled back is undone, and no whole state is sent', async () => {
    const asked = vi.spyOn(MachineProcess.prototype, 'ask');
    await execute(await connect(), [
      'add',
      input('add', { kind: 'crashBeforeCommit' }),
      input('add', { kind: 'commitFails' }),
      input('act', { kind: 'actionRefused', action: 0 }),
      'changeAndRefuse',
      'changeAndPanic',
      { kind: 'restore' },
      { kind: 'trackedActionCompleted', id: 1, result: 'x' },
      'add',
    ]);
    const sent = asked.mock.calls.flatMap(([calls]) => calls.map(({ method }) => method));
    asked.mockRestore();
    expect(sent.filter((method) => method === 'loadState')).toEqual([]);
    expect(sent.filter((method) => method === 'undo').length).toBeGreaterThan(5);
  });

  it('an undo that does not take the step back is found', async () => {
    const [step] = await execute(await connect('forgetful'), ['add']);
    expect(step?.findings).toMatchObject([{ kind: 'rule', name: 'determinism' }]);
  });
});

it('takes the same steps in both versions', async () => {
  const faults = FAULT_PROFILES.chaos;
  const names = ['add', 'act', 'refuse', 'big', 'add', 'changeAndRefuse', 'changeAndPanic', 'look'];
  const both = [];
  for (const version of PROTOCOL_VERSIONS) {
    versions = [version];
    both.push(await execute(await connect(), names, faults));
  }
  expect(both[1]).toEqual(both[0]);
});

it('asks for the verdicts on exactly the states whose invariants are evaluated', async () => {
  for (const version of PROTOCOL_VERSIONS) {
    versions = [version];
    const asked = vi.spyOn(MachineProcess.prototype, 'ask');
    const machine = await connect();
    const checks = planChecks(machine.machine, FAULT_PROFILES.chaos);
    const inputs = ['add', 'look', 'refuse', 'add', 'act', 'changeAndRefuse', 'look', 'panic'];
    const run = new Run(machine.machine, replaySource(inputs.map((name) => input(name))), {
      checks,
    });
    await run.advance(Number.POSITIVE_INFINITY);
    const sent = asked.mock.calls.flatMap(([calls]) => calls);
    const count = sent.filter(({ method }) => method === 'checkInvariants').length;
    expect(count).toBe(run.checks.evaluated);
    expect(count).toBe(4);
    asked.mockRestore();
  }
});

describe('a process that does not begin', () => {
  it.each([
    ['version', 'it speaks version 3 of the protocol, and Phasmoscope versions 1 and 2'],
    ['name', 'it is the machine "another", and the machine file declares "counter"'],
    ['stateless', 'state: it is missing'],
    ['many', 'invariants: there are 1 001 invariants, and the limit is 1 000'],
    ['garbage', "Line 1 of the standard output of the machine's process is not a message"],
    ['exits', 'ended with exit code 3 while it was asked for initialize'],
  ])('is a problem: %s', async (beginning, cause) => {
    const error = await connect(beginning).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    const { problem } = error as ProblemError;
    expect(problem.title).toContain(cause);
    expect(problem.remedy).toBeTruthy();
    if (beginning === 'exits') expect(problem.details).toContain('no configuration');
  });

  it('is reported when it does not respond', async () => {
    const command = counterCommand('silent');
    const start = { command, folder: COUNTER_FOLDER, timeLimitMs: 100, startLimitMs: 300 };
    const process = new MachineProcess(start);
    await expect(process.ask([{ method: 'initialize', params: {} }])).rejects.toThrow(
      'no answer to initialize in 300 ms, after 0 lines',
    );
  });

  it('is a problem when there is no such program', async () => {
    const command = ['phasmoscope-no-such-program', 'x'] as const;
    const error = connectProcess({ ...counterMachine(), command: [...command] }, COUNTER_FOLDER);
    await expect(error).rejects.toThrow(
      'The command `phasmoscope-no-such-program x` did not start: there is no such program',
    );
  });
});

it('is ended with its machine, which can no longer be run', async () => {
  const machine = await connect();
  const [step] = await execute(machine, ['pid']);
  const { n: pid = 0 } = (step?.after ?? {}) as { n?: number };
  await machine.close();
  await delay(20);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  const [after] = await execute(machine, ['add']);
  expect(after?.outcome).toMatchObject({ kind: 'panic' });
});

it('gives no outcome to the step that is under way when it is ended', async () => {
  const machine = await connect();
  const steps: Executed[] = [];
  const run = new Run(machine.machine, replaySource([input('add'), input('spin')]));
  void run.advance(Number.POSITIVE_INFINITY, (step) => void steps.push(step));
  await expect.poll(() => steps.length).toBe(1);
  await machine.close();
  await delay(20);
  expect(steps).toHaveLength(1);
});
