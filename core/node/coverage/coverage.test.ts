import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Coverage } from '../../contract/coverage.ts';
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
