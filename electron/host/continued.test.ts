import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { carryOutInHost, runInHost, startHost } from './test-host.ts';

const SETTINGS = { scenario: 'checkout', seed: '1', operationsMax: 300, faults: 'none' };

it('keeps all whole lines of a process that died before it reported them', async () => {
  await startHost();
  const path = pathOfMachine({ kind: 'sample', name: 'coffee-shop' });
  const { text } = await runInHost(path, SETTINGS);
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-host-'));
  const tracePath = join(folder, 'run.jsonl');
  // The first process has written a hundred lines and a half one, and reported forty.
  const begun = text.split('\n').slice(0, 100).join('\n');
  writeFileSync(tracePath, `${begun}\n{"step":9`);

  const task = { kind: 'run', machineId: 'm', traceId: 'run', settings: SETTINGS } as const;
  const { events } = await carryOutInHost(path, task, { tracePath, resumeAt: 40 });
  expect(readFileSync(tracePath, 'utf8')).toBe(text);
  expect(events[0]).toMatchObject({ kind: 'written', lines: 101 });
  rmSync(folder, { recursive: true });
});
