import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Coverage } from '../../contract/coverage.ts';
import type { Operation } from '../../machine/operation.ts';
import { withMachine } from '../load/machine-loader.ts';
import { coverOperations, type CoveredOperations } from './coverage.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-coverage-'));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, 'rules.ts'),
  `// What a seat costs.
export function priceOf(seat: number): number {
  if (seat > 9) {
    return 20;
  }
  return seat === 1 ? 5 : 10;
}

export const never = (): string => 'unused';
`,
);
writeFileSync(
  join(folder, 'machine.ts'),
  `import { priceOf } from './rules.ts';

interface Sale { seat: number }

export const machine: any = {
  name: 'm', description: '',
  initialState: () => ({ sold: 0 }),
  stf(state: any, { input }: { input: Sale }) {
    if (input.seat === 0) {
      return { kind: 'err', error: 'NoSeat' };
    }
    state.update((draft: any) => {
      draft.sold += priceOf(input.seat);
    });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  invariants: {},
};
export const scenarios: any = [];
`,
);

function cover(given: CoveredOperations): Promise<Coverage | undefined> {
  return withMachine(join(folder, 'machine.ts'), (loaded) => coverOperations(loaded, given));
}

const sale = (seat: number) => ({ kind: 'normal', input: { seat } }) as const;
const SIGNS = [' ', '-', '~', '+'];

/** The lines of a source, each with a sign: - not executed, ~ in part, + executed. */
function signed({ sources }: Coverage, path: string): readonly string[] {
  const source = sources.find((one) => one.path === path);
  return (source?.lines ?? []).map((state) => SIGNS[state] ?? '?');
}

it('says what a step executed, by line and part', async () => {
  const covered = await cover({ operations: [sale(4)], initialState: { sold: 10 } });
  if (!covered) throw new Error('it was stopped');
  expect(covered.sources.map(({ path }) => path)).toEqual(['machine.ts', 'rules.ts']);
  expect(covered.stf).toMatch(/^machine\.ts:8:/);
  expect(signed(covered, 'machine.ts').join('')).toBe('      -++- ++ + -    ');
  expect(signed(covered, 'rules.ts').join('')).toBe(' ++- ~    ');
  const rules = covered.sources[1];
  const [line, from, to] = rules?.gaps[0] ?? [0, 0, 0];
  expect(rules?.text.split('\n')[line]?.slice(from, to)).toContain('5');
});

it('says what many steps executed', async () => {
  const covered = await cover({ operations: [sale(0), sale(1), sale(20), sale(4)] });
  if (!covered) throw new Error('it was stopped');
  expect(signed(covered, 'rules.ts').join('')).toBe(' +++ +    ');
  expect(signed(covered, 'machine.ts')[9]).toBe('+');
  expect(signed(covered, 'machine.ts')[16]).toBe('-');
});

it('is stopped by its pulse', async () => {
  const operations = Array.from({ length: 1_000 }, () => sale(1));
  expect(await cover({ operations, pulse: () => false })).toBeUndefined();
});

// A machine file as people write it without types, which must be executed as well.
const desk = join(folder, 'desk.ts');
writeFileSync(
  desk,
  `interface Given { kind: string; id: number; input: string; result: string }

function setStatus(state: any, id: number, status: string) {
  state.update((draft: any) => { draft.orders.set(id, status); });
}

function tell(actions: any, id: number, action: string) {
  try {
    actions.tracked(id, action);
  } catch {
    // It goes on.
  }
}

function complete(state: any, { id, result }: Given, actions: any) {
  const known = state.current.orders.has(id);
  switch (result) {
    case 'paid':
      setStatus(state, id, known ? 'sold' : 'odd');
      return { kind: 'ok' };
    case 'late':
      setStatus(state, id, 'refunding');
      tell(actions, id, 'Refund');
      return { kind: 'ok' };
    case 'pending':
      return { kind: 'ok' };
    default:
      throw new Error('unknown');
  }
}

export const machine: any = {
  name: 'desk', description: '',
  initialState: () => ({ orders: new Map() }),
  stf(state: any, given: Given, actions: any) {
    if (given.kind !== 'normal') return complete(state, given, actions);
    if (given.input === 'nothing') return { kind: 'ok' };
    setStatus(state, 1, 'held');
    return { kind: 'ok' };
  },
  restore(state: any, actions: any) {
    for (const [id, status] of state.orders) {
      if (status === 'held') tell(actions, id, 'Charge');
    }
    return { kind: 'ok' };
  },
  invariants: {},
};
export const scenarios: any = [];
`,
);

/** The text of the line that handled a step, or of one before it. */
async function handledBy(
  operation: Operation,
  orders: Map<number, string>,
  before = 0,
): Promise<string> {
  const covered = await withMachine(desk, (loaded) =>
    coverOperations(loaded, { operations: [operation], initialState: { orders } }),
  );
  const [, line] = /^desk\.ts:(\d+):\d+$/.exec(covered?.handled?.[0] ?? '') ?? [];
  return covered?.sources[0]?.text.split('\n')[Number(line) - 1 - before]?.trim() ?? '';
}

const result = (given: string) =>
  ({ kind: 'trackedActionCompleted', id: 1, result: given }) as const;

it('names the line that handled a step: not a helper, nor stf where that passes it on', async () => {
  const orders = new Map([[1, 'held']]);
  expect(await handledBy(result('paid'), orders)).toBe(
    "setStatus(state, id, known ? 'sold' : 'odd');",
  );
  expect(await handledBy(result('late'), orders)).toBe("tell(actions, id, 'Refund');");
  expect(await handledBy({ kind: 'normal', input: 'hold' }, new Map())).toBe(
    "setStatus(state, 1, 'held');",
  );
});

it('names how far a step came that wrote nothing', async () => {
  const orders = new Map([[1, 'held']]);
  expect(await handledBy(result('pending'), orders, 1)).toBe("case 'pending':");
  expect(await handledBy({ kind: 'normal', input: 'nothing' }, orders)).toMatch(/^stf\(/);
});

it('names what restore emits itself, or else where it begins', async () => {
  const restore = { kind: 'restore' } as const;
  expect(await handledBy(restore, new Map([[1, 'held']]))).toBe(
    "if (status === 'held') tell(actions, id, 'Charge');",
  );
  expect(await handledBy(restore, new Map([[1, 'refunding']]))).toMatch(/^restore\(/);
});

it('does not count what rules would execute after a step whose action was refused', async () => {
  const operation = { ...result('late'), fault: { kind: 'actionRefused', action: 0 } } as const;
  expect(await handledBy(operation, new Map([[1, 'held']]))).toBe("tell(actions, id, 'Refund');");
  const covered = await withMachine(desk, (loaded) =>
    coverOperations(loaded, {
      operations: [operation],
      initialState: { orders: new Map([[1, 'held']]) },
    }),
  );
  const [source] = covered?.sources ?? [];
  const at = source?.text.split('\n').findIndex((line) => line.includes("'Charge'")) ?? -1;
  expect(SIGNS[source?.lines[at] ?? 0]).toBe('-');
});
