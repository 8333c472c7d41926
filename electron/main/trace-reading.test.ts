import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { TraceReading } from './trace-reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-reading-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of 8 KB that unpacks to 8 MB. */
const path = join(folder, 'large.jsonl.gz');
writeFileSync(path, gzipSync(`{"phasmoscope-trace":5}\n${'\n'.repeat(8_000_000)}`));

/** Enough for a reading that is not held back to come to its end. */
const PAUSE_MS = 300;

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
}

it('reads no faster than its text is taken', async () => {
  const reading = new TraceReading(path);
  let [pieces, chars] = [0, 0];
  const end = reading.run((text) => {
    pieces += 1;
    chars += text.length;
  });
  await pause();
  expect(chars).toBeLessThan(1_100_000);
  const before = pieces;
  reading.readOn();
  await pause();
  expect(pieces).toBe(before + 1);
  const timer = setInterval(() => reading.readOn(), 0);
  expect(await end).toBe('completed');
  clearInterval(timer);
  expect(chars).toBeGreaterThan(8_000_000);
});

it('is cancelled while it waits', async () => {
  const reading = new TraceReading(path);
  const end = reading.run(() => undefined);
  await pause();
  reading.cancel();
  expect(await end).toBe('cancelled');
});
