import type * as nodeFs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Run } from '../../engine/run.ts';
import { scenarioSource } from '../../engine/simulation.ts';
import { adder, adderScenario } from '../../test-helpers/test-machines.ts';
import { TraceRecorder } from '../../trace/recorder.ts';
import { readTraceFile } from './trace-file.ts';

/** The bytes that are free on the disk of these tests, for what is written piece by piece. */
const disk = vi.hoisted(() => ({ free: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof nodeFs>();
  const writeSync = (file: number, bytes: Buffer, at: number, count: number, to: number) => {
    if (disk.free === 0) {
      const error = new Error('ENOSPC: no space left on device, write');
      throw Object.assign(error, { code: 'ENOSPC', syscall: 'write' });
    }
    const written = fs.writeSync(file, bytes, at, Math.min(count, disk.free), to);
    disk.free -= written;
    return written;
  };
  return { ...fs, writeSync };
});

function linesOfRun(): readonly string[] {
  const machine = adder();
  const label = { scenario: 'everything', seed: 1n, operationsMax: 3_000, faults: 'none' };
  const { operationsMax } = label;
  const run = new Run(
    machine,
    scenarioSource({ scenario: adderScenario, seed: 1n, operationsMax }),
  );
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  void run.advance(Number.POSITIVE_INFINITY, (step) => lines.push(recorder.step(step)));
  return [...lines, recorder.end()];
}

const lines = linesOfRun();

let path: string;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-disk-'));
  path = join(folder, 'one-piece.jsonl.gz');
  await writeFile(path, gzipSync(`${lines.join('\n')}\n`));
});

afterEach(() => rm(folder, { recursive: true }));

// What cannot be read where it lies is copied: nothing of it, a part of it, or all of it is written.
it.each([0, 1_000, 300_000, Infinity])(
  'reads a trace, and each of its lines again, with room for %d bytes of a copy',
  async (free) => {
    disk.free = free;
    const { trace, damage, close } = await readTraceFile(path, { copyFolder: folder });
    expect(damage).toBeUndefined();
    const read = Array.from({ length: trace.length }, (_, at) => trace.line(at));
    expect(read).toEqual(lines.slice(1, -1));
    close();
  },
);
