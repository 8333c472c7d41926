import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeBreakingMachine } from '../../core/node/test-helpers/breaking-machine.ts';
import { carryOutInHost, startHost } from './test-host.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-host-sweep-'));
  await startHost();
});

afterAll(() => rmSync(folder, { recursive: true }));

it('a sweep counts although what it found cannot be shrunk any more', async () => {
  const path = join(folder, 'meanwhile.ts');
  writeBreakingMachine(path);
  const settings = { scenario: 's', faults: 'none', operationsMax: 5, from: '0', count: 1 };
  const { events, end } = await carryOutInHost(
    path,
    { kind: 'sweep', machineId: 'machine', settings },
    {},
  );
  expect(end).toEqual({ kind: 'completed' });
  expect(events.slice(-2)).toMatchObject([
    { kind: 'report', report: { groups: [{ name: 'n is small' }] } },
    { kind: 'notShrunk', problem: { title: expect.stringContaining('was not shrunk') } },
  ]);
});
