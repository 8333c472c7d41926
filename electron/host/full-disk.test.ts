import type * as nodeFs from 'node:fs';
import { expect, it, vi } from 'vitest';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import { runInHost, startHost } from './test-host.ts';

/** The bytes that are free on the disk of this test. */
const disk = vi.hoisted(() => ({ free: 100_000 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof nodeFs>();
  const writeSync = (file: number, bytes: Buffer, at: number, count: number, to: number) => {
    if (disk.free === 0) throw new Error('ENOSPC: no space left on device, write');
    const written = fs.writeSync(file, bytes, at, Math.min(count, disk.free), to);
    disk.free -= written;
    return written;
  };
  return { ...fs, writeSync };
});

it('ends a run that fills the disk with the cause, and keeps its whole lines', async () => {
  await startHost();
  const { text, end } = await runInHost(pathOfMachine({ kind: 'sample', name: 'coffee-shop' }), {
    scenario: 'checkout',
    seed: '1',
    operationsMax: 100_000,
    faults: 'none',
  });
  expect(end).toMatchObject({
    kind: 'failed',
    problem: {
      title: expect.stringContaining('no space left on device'),
      remedy: expect.stringContaining('Make room on the disk; the steps until then are kept'),
    },
  });
  const builder = new TraceBuilder();
  builder.push(text);
  expect(text.endsWith('\n')).toBe(true);
  expect(builder.trace?.length).toBeGreaterThan(50);
});
