import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Executor } from './engine/executor.ts';
import { startRun } from './engine/run.ts';
import { ScenarioError } from './engine/scenario-guard.ts';
import { defineMachine, ok } from './machine/machine.ts';
import { defineScenario } from './machine/scenario.ts';
import { toProblem } from './problem.ts';
import {
  asError,
  codeOf,
  describeThrown,
  MESSAGE_CHARS_MAX,
  messageOf,
  numberOf,
  readThrown,
} from './thrown.ts';

const fail = (): never => {
  throw new Error('trap');
};

/** Values that code may throw, each made when it is needed. */
const HOSTILE: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  'a string': () => 'boom',
  'a symbol': () => Symbol('boom'),
  'an object without a prototype': () => Object.create(null) as unknown,
  'an object that cannot be made a string': () => ({ toString: fail, [Symbol.toPrimitive]: fail }),
  'a proxy that refuses everything': () =>
    new Proxy(new Error('p'), { get: fail, getPrototypeOf: fail, has: fail, ownKeys: fail }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'an error with a getter that throws': () =>
    Object.defineProperty(new Error('x'), 'message', { get: fail }),
  'an error of odd parts': () =>
    Object.assign(new Error('x'), { stack: 42, message: { a: 1 }, name: Symbol('n') }),
  'an error of 10 MB': () => new Error('h'.repeat(1e7)),
  'an error with a long name': () => Object.assign(new Error('x'), { name: 'n'.repeat(1e6) }),
};

const machineThat = (members: object) =>
  defineMachine({
    name: 'hostile',
    description: '',
    initialState: () => ({ n: 0 }),
    stf: () => ok(),
    restore: () => ok(),
    invariants: {},
    ...members,
  });

describe.each(Object.entries(HOSTILE))('%s', (_, make) => {
  const throws = () => {
    throw make();
  };

  it('is read within limits', () => {
    const { name, message, stack = '' } = readThrown(make());
    expect(name.length).toBeLessThan(300);
    expect(message.length).toBeLessThanOrEqual(MESSAGE_CHARS_MAX);
    expect(stack.length).toBeLessThan(100_000);
    expect(describeThrown(make()).length).toBeLessThan(2 * MESSAGE_CHARS_MAX);
    expect(messageOf(make()).length).toBeLessThanOrEqual(2 * MESSAGE_CHARS_MAX);
    expect(codeOf(make())).toBeUndefined();
    expect(asError(make())).toBeInstanceOf(Error);
    expect(toProblem(make(), 'It failed').title).toMatch(/^It failed/);
  });

  it('is a panic where a step throws it, and a finding where an invariant does', () => {
    const stf = new Executor(machineThat({ stf: throws })).execute({ kind: 'normal', input: 1 });
    expect(stf).toMatchObject({ outcome: { kind: 'panic' }, findings: [{ kind: 'panic' }] });
    const { initialFindings } = new Executor(machineThat({ invariants: { odd: throws } }));
    expect(initialFindings).toMatchObject([{ kind: 'invariant', name: 'odd' }]);
  });

  it('is named where the initial state or a scenario throws it', () => {
    expect(() => new Executor(machineThat({ initialState: throws }))).toThrow(
      'The machine hostile has no initial state: ',
    );
    for (const driver of [{ next: throws }, { observe: throws }, { tallies: throws }]) {
      const parts = {
        next: () => ({ kind: 'normal', input: 1 }),
        observe() {},
        tallies: () => ({}),
      };
      const scenario = defineScenario({
        name: 's',
        description: '',
        defaults: { seed: '1', operations: 1 },
        start: () => ({ ...parts, ...driver }) as never,
      });
      const run = startRun(machineThat({}), { scenario, seed: 1n, operationsMax: 1 });
      const drive = () => [run.advance(5), run.tallies];
      expect(drive).toThrow(ScenarioError);
    }
  });
});

it('says of errors what the language says of them', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (message) => {
      const error = new TypeError(message);
      expect(describeThrown(error)).toBe(String(error));
    }),
  );
});

it('reads what Node and packages add to their errors', () => {
  const error = Object.assign(new Error('it does not exist'), { code: 'ENOENT', line: 3 });
  expect(codeOf(error)).toBe('ENOENT');
  expect(codeOf(Object.assign(new Error('aborted'), { code: 20 }))).toBeUndefined();
  expect(numberOf(error, 'line')).toBe(3);
  expect(numberOf(error, 'code')).toBeUndefined();
});

it('keeps errors as they are, and makes one of anything else', () => {
  const error = new TypeError('x');
  expect(asError(error)).toBe(error);
  expect(messageOf(error)).toBe('x');
  expect(asError('boom')).toMatchObject({ message: 'boom', cause: 'boom' });
});

it('finds the place of the code that throws when a value is read', () => {
  const place = /thrown\.test/;
  expect(readThrown(HOSTILE['an error with a getter that throws']?.()).stack).toMatch(place);
});
