import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  utimes,
  writeFile,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Run } from '../../engine/run.ts';
import { scenarioSource } from '../../engine/simulation.ts';
import { THOROUGH_DIGESTS } from '../../limits.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { adder, adderScenario } from '../../test-helpers/test-machines.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { TraceIndex } from '../../trace/trace-index.ts';
import type { Trace } from '../../trace/trace.ts';
import { readTraceFile, TraceFile } from './trace-file.ts';
import { TraceAppender, TraceFileWriter, writeTraceFile } from './trace-writer.ts';

let folder: string;
let lines: readonly string[];
let whole: Trace;
let recordedIndex: TraceIndex | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-index-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  const machine = adder();
  const settings = { seed: 3n, operationsMax: 5_000 };
  const run = new Run(
    machine,
    scenarioSource({ scenario: adderScenario, faults: FAULT_PROFILES.chaos, ...settings }),
  );
  const recorded: string[] = [];
  const label = { scenario: adderScenario.name, faults: 'chaos', ...settings };
  await recordRun({ machine, run, label }, (line, index) => {
    recorded.push(line);
    recordedIndex = index;
  });
  lines = recorded;
  const builder = new TraceBuilder({ digests: THOROUGH_DIGESTS });
  builder.push(lines.map((line) => `${line}\n`).join(''));
  builder.finish();
  if (!builder.trace) throw new Error('the trace has no header');
  whole = builder.trace;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

beforeEach(() => rm(join(folder, 'cache'), { recursive: true, force: true }));

function expectWhole(trace: Trace): void {
  expect(trace.length).toBe(whole.length);
  expect(trace.end).toEqual(whole.end);
  expect(trace.findings).toEqual(whole.findings);
  expect(trace.spans).toEqual(whole.spans);
  for (const at of [0, 63, 64, 2_500, whole.length - 1, 17]) {
    expect(trace.line(at)).toBe(whole.line(at));
    expect(trace.stateAt(at)).toEqual(whole.stateAt(at));
  }
}

const indexes = () => readdir(join(folder, 'cache', 'phasmoscope', 'index')).catch(() => []);

describe.each(['plain.jsonl', 'members.jsonl.gz'])('the file %s', (name) => {
  it('is read where it lies, and by its index the next time', async () => {
    const path = join(folder, name);
    await writeTraceFile(path, lines);
    expectWhole((await readTraceFile(path)).trace);
    expect(await indexes()).toHaveLength(1);
    const again = new TraceFile(path);
    let slices = 0;
    for await (const _ of again.read()) slices += 1;
    // With its index, no slice of it is read.
    expect(slices).toBe(0);
    if (!again.trace) throw new Error('it has no trace');
    expectWhole(again.trace);
    again.close();
  });

  it('is read by the index that was made while it was written', async () => {
    const path = join(folder, name);
    const writer = await TraceFileWriter.open(path);
    for (const line of lines) {
      writer.add(line);
      if (writer.isDue) await writer.write();
    }
    await writer.close(recordedIndex);
    const file = new TraceFile(path);
    for await (const _ of file.read()) throw new Error('it is read anew');
    if (!file.trace) throw new Error('it has no trace');
    expectWhole(file.trace);
    expect(file.trace.index.since(0)).toEqual(whole.index.since(0));
    file.close();
  });

  it('is read anew when it was changed, also without a change of its length and time', async () => {
    const path = join(folder, name);
    await writeTraceFile(path, lines);
    await readTraceFile(path);
    const { atime, mtime } = await stat(path);
    const bytes = await readFile(path);
    const at = bytes.length - 20;
    bytes.writeUInt8((bytes.at(at) ?? 0) ^ 1, at);
    await writeFile(path, bytes);
    await utimes(path, atime, mtime);
    expect((await readTraceFile(path)).damage).toBeDefined();
  });

  it('is read anew when its index is damaged', async () => {
    const path = join(folder, name);
    await writeTraceFile(path, lines);
    await readTraceFile(path);
    const [index = ''] = await indexes();
    await appendFile(join(folder, 'cache', 'phasmoscope', 'index', index), 'x');
    expectWhole((await readTraceFile(path)).trace);
  });
});

describe('a compressed trace', () => {
  it('is one file to any gunzip', async () => {
    const path = join(folder, 'any.jsonl.gz');
    await writeTraceFile(path, lines);
    expect(gunzipSync(await readFile(path)).toString('utf8')).toBe(
      lines.map((line) => `${line}\n`).join(''),
    );
  });

  it('keeps the steps before the place where it is cut', async () => {
    const path = join(folder, 'cut.jsonl.gz');
    await writeTraceFile(path, lines);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length * 0.7));
    const { trace, damage } = await readTraceFile(path);
    expect(damage?.message).toContain('cut short while it was compressed');
    expect(trace.length).toBeGreaterThan(1_000);
    expect(trace.line(1_000)).toBe(whole.line(1_000));
  });
});

describe('a trace that is being written', () => {
  it('is followed to its end, in pieces of any size', async () => {
    const path = join(folder, 'live.jsonl');
    const appender = new TraceAppender(path);
    const file = new TraceFile(path, { isLive: true });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const _ of file.read()) seen.push(file.trace?.length ?? 0);
    })();
    for (const [at, line] of lines.entries()) {
      appender.add(line);
      if (at % 1_000 !== 7) continue;
      appender.flush();
      file.grow();
      // The reader has its turn.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    appender.close();
    file.finish();
    await reading;
    expect(file.damage).toBeUndefined();
    if (!file.trace) throw new Error('it has no trace');
    expectWhole(file.trace);
    expect(new Set(seen).size).toBeGreaterThan(3);
    file.close();
  });

  it('keeps the lines before a half one, and goes on after those', async () => {
    const path = join(folder, 'half.jsonl');
    const text = lines.map((line) => `${line}\n`).join('');
    await writeFile(path, text.slice(0, text.indexOf('\n{"step":500,') + 30));
    const { trace, damage } = await readTraceFile(path);
    expect(trace.length).toBe(500);
    expect(damage?.line).toBe(502);
    const appender = new TraceAppender(path, { isContinued: true });
    expect(appender.lines).toBe(501);
    for (const line of lines.slice(501)) appender.add(line);
    appender.close();
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
