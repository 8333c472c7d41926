import { expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { book, desk, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { RunEntry } from './model.ts';
import { nameOfRun } from './run-relations.ts';

it('names a shrunk run after the finding that it was shrunk to, and its length', () => {
  const operations = [book('Room 1'), book('Room 1b'), paid(1), paid(2)];
  const [finding] = traceOf(operations).findings;
  if (!finding) throw new Error('the desk has no finding');
  const signature = signatureOf(finding);
  const shrunkFrom = { steps: 9, stepIndices: operations.map((_, at) => at), signature };
  const trace = traceOf(operations, 'none', desk, shrunkFrom);
  const settings = { scenario: 'list', seed: '0', operationsMax: 4, faults: 'none' };
  const machine = { kind: 'sample', name: 'desk' } as const;
  const run = {
    id: 'run',
    origin: { kind: 'shrunk', machine, settings, signature },
    status: 'completed',
  } satisfies Partial<RunEntry>;
  expect(nameOfRun({ ...run, trace } as RunEntry)).toBe('rooms are apart, shrunk to 4 steps');
  expect(nameOfRun({ ...run, status: 'running' } as RunEntry)).toBe('Shrinking');
});
