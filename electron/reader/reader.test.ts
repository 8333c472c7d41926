import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { ReaderMessage } from '../../core/contract/reader.ts';
import { Run } from '../../core/engine/run.ts';
import { scenarioSource } from '../../core/engine/simulation.ts';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { readTraceFile } from '../../core/node/files/trace-file.ts';
import { TraceAppender } from '../../core/node/files/trace-writer.ts';
import { writeTrace } from '../../core/node/files/write-trace.ts';
import { CAN_MOUNT, mountSmallDisk } from '../../core/node/test-helpers/small-disk.ts';
import { adder, adderScenario } from '../../core/test-helpers/test-machines.ts';
import { parseLine } from '../../core/trace/format/format.ts';
import { recordRun } from '../../core/trace/recorder.ts';
import { TraceIndex, unpackDelta } from '../../core/trace/trace-index.ts';
import { ask, next, startReader, taken } from './test-reader.ts';

let folder: string;
let path: string;
let lines: string[];
let traces = 0;
let traceId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-reader-'));
  path = join(folder, 'run.jsonl');
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  lines = [];
  const machine = adder();
  const settings = { seed: 3n, operationsMax: 5_000 };
  const faults = FAULT_PROFILES.chaos;
  const run = new Run(machine, scenarioSource({ scenario: adderScenario, faults, ...settings }));
  const label = { scenario: adderScenario.name, faults: 'chaos', ...settings };
  await recordRun({ machine, run, label }, (line) => lines.push(line));
  writeFileSync(path, textOf(lines));
  await startReader();
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  traces += 1;
  traceId = `trace-${traces}`;
  for (const kind of ['grew', 'progress', 'ended', 'found', 'answered', 'saved'] as const)
    taken(kind);
});

const textOf = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
const stepCount = () => lines.length - 2;

function open(file = path, given: { isLive?: boolean; stepsKnown?: number | null } = {}): void {
  const { isLive = false, stepsKnown = 0 } = given;
  ask({ kind: 'open', traceId, path: file, isLive, copyFolder: folder, stepsKnown });
}

/** Puts together what was sent of a trace. */
function indexOf(grew: readonly Extract<ReaderMessage, { kind: 'grew' }>[]): TraceIndex {
  let index: TraceIndex | undefined;
  for (const { header, delta } of grew) {
    if (header !== undefined) {
      const parsed = parseLine(header);
      if (parsed.kind !== 'header') throw new Error('this is not a header');
      index = new TraceIndex(parsed.header);
    }
    index?.append(unpackDelta(delta));
  }
  if (!index) throw new Error('nothing was sent');
  return index;
}

function glancesOf(index: TraceIndex) {
  return Array.from({ length: index.length }, (_, stepIndex) => index.glance(stepIndex));
}

it('sends what the steps of a file are in brief, and then that it ended', async () => {
  open();
  expect(await next('ended')).toEqual({ kind: 'ended', traceId });
  const index = indexOf(taken('grew'));
  const { trace } = await readTraceFile(path);
  // How many digests of states are compared differs: a command takes more time for that.
  expect({ ...index.since(0), glances: glancesOf(index) }).toEqual({
    ...trace.index.since(0),
    glances: glancesOf(trace.index),
  });
  expect(taken('progress').at(-1)?.bytes).toBe(readFileSync(path).length);
});

it('follows a run while it is written, also when the writer rests', async () => {
  const live = join(folder, 'live.jsonl');
  const file = new TraceAppender(live);
  const write = (from: number, to: number) => {
    for (const line of lines.slice(from, to)) file.add(line);
    file.flush();
    ask({ kind: 'grow', traceId });
  };
  for (const line of lines.slice(0, 3)) file.add(line);
  file.flush();
  open(live, { isLive: true });
  const first = await next('grew');
  expect(indexOf([first]).length).toBe(2);
  write(3, 10);
  write(10, 12);
  await setTimeout(200);
  const more = taken('grew');
  expect(indexOf([first, ...more]).length).toBe(11);
  write(12, lines.length);
  file.close();
  ask({ kind: 'finish', traceId });
  expect(await next('ended')).toEqual({ kind: 'ended', traceId });
  expect(indexOf([first, ...more, ...taken('grew')]).end).toBeDefined();
});

it('goes on with a trace that another reader has begun, without a header', async () => {
  open(path, { stepsKnown: 100 });
  await next('ended');
  const grew = taken('grew');
  expect(grew.every(({ header }) => header === undefined)).toBe(true);
  expect(grew[0] && unpackDelta(grew[0].delta).from).toBe(100);
  ask({ kind: 'ask', askId: 'a', traceId, question: { kind: 'lines', stepIndices: [0] } });
  expect((await next('answered')).outcome).toEqual({ kind: 'ok', value: [lines[1]] });
});

it('sends nothing of a trace that is opened for questions alone', async () => {
  open(path, { stepsKnown: null });
  const stepIndices = [stepCount() - 1];
  ask({ kind: 'ask', askId: 'a', traceId, question: { kind: 'lines', stepIndices } });
  expect((await next('answered')).outcome).toEqual({ kind: 'ok', value: [lines.at(-2)] });
  expect(taken('grew')).toEqual([]);
});

it('begins anew with what is left of a file that is shorter than it was', async () => {
  const cut = join(folder, 'cut.jsonl');
  writeFileSync(cut, textOf(lines.slice(0, 50)));
  open(cut, { stepsKnown: 100 });
  expect((await next('ended')).problem?.title).toContain('cut short');
  expect(indexOf(taken('grew')).length).toBe(49);
});

it('keeps the steps before damage, and names its line', async () => {
  const damaged = join(folder, 'damaged.jsonl');
  writeFileSync(damaged, textOf(lines));
  truncateSync(damaged, Buffer.byteLength(textOf(lines.slice(0, 20))) + 30);
  open(damaged);
  expect((await next('ended')).problem?.title).toContain('Line 21');
  expect(indexOf(taken('grew')).length).toBe(19);
});

it('says of a file that cannot be opened why', async () => {
  open(join(folder, 'missing.jsonl'));
  expect((await next('ended')).problem?.title).toContain('does not exist');
  ask({ kind: 'ask', askId: 'a', traceId, question: { kind: 'lines', stepIndices: [0] } });
  const { outcome } = await next('answered');
  expect(outcome).toMatchObject({ kind: 'problem' });
});

it('answers several questions at a time, and gathers what is found', async () => {
  open();
  await next('ended');
  ask({ kind: 'ask', askId: 'long', traceId, question: { kind: 'find', text: 'nowhere at all' } });
  ask({ kind: 'ask', askId: 'short', traceId, question: { kind: 'lines', stepIndices: [7] } });
  // Which one is first depends on how fast the computer is.
  const answered = [await next('answered'), await next('answered')];
  expect(answered.map(({ askId }) => askId).toSorted()).toEqual(['long', 'short']);
  expect(
    taken('found')
      .flatMap(({ parts }) => parts)
      .at(-1),
  ).toMatchObject({
    searched: stepCount(),
  });
});

it('stops a search that is cancelled', async () => {
  open();
  await next('ended');
  ask({ kind: 'ask', askId: 'a', traceId, question: { kind: 'find', text: 'nowhere at all' } });
  ask({ kind: 'cancelAsk', askId: 'a' });
  expect((await next('answered')).outcome).toMatchObject({
    kind: 'problem',
    problem: { title: 'The search was cancelled.' },
  });
});

it('stops reading, and keeps the steps so far', async () => {
  const bomb = join(folder, 'bomb.jsonl.gz');
  writeFileSync(bomb, gzipSync(textOf(lines) + '\n'.repeat(1_000)));
  open(bomb);
  ask({ kind: 'stop', traceId });
  expect(await next('ended')).toEqual({ kind: 'ended', traceId });
});

it('saves a trace whole, compressed or not', async () => {
  open();
  for (const name of ['saved.jsonl', 'saved.jsonl.gz']) {
    const target = join(folder, name);
    ask({ kind: 'save', saveId: name, traceId, path: target, notes: [] });
    expect((await next('saved')).outcome).toEqual({ kind: 'ok', value: null });
    const { trace, damage } = await readTraceFile(target);
    expect(damage).toBeUndefined();
    expect(trace.length).toBe(stepCount());
  }
  expect(readFileSync(join(folder, 'saved.jsonl'), 'utf8')).toBe(textOf(lines));
});

it('keeps notes that somebody else wrote to the file meanwhile', async () => {
  open();
  const target = join(folder, 'told.jsonl');
  const note = (id: string) => ({ id, step: 1, text: id });
  const save = async (...ids: readonly string[]) => {
    ask({ kind: 'save', saveId: 'notes', traceId, path: target, notes: ids.map(note) });
    expect((await next('saved')).outcome).toEqual({ kind: 'ok', value: null });
    const { trace } = await readTraceFile(target);
    return trace.notes.map(({ id }) => id);
  };
  expect(await save('a', 'b')).toEqual(['a', 'b']);
  const { trace } = await readTraceFile(target);
  await writeTrace(trace, target, [...trace.notes, note('other')]);
  expect(await save('a', 'c')).toEqual(['a', 'c', 'other']);
});

it('saves a run that goes on as far as it is', async () => {
  const live = join(folder, 'unfinished.jsonl');
  writeFileSync(live, textOf(lines.slice(0, 30)));
  open(live, { isLive: true });
  await next('grew');
  const target = join(folder, 'so-far.jsonl');
  ask({ kind: 'save', saveId: 's', traceId, path: target, notes: [] });
  await next('saved');
  expect(readFileSync(target, 'utf8')).toBe(textOf(lines.slice(0, 30)));
});

it('says why a trace cannot be saved, and leaves nothing behind', async () => {
  open();
  const target = join(folder, 'no', 'where.jsonl');
  ask({ kind: 'save', saveId: 's', traceId, path: target, notes: [] });
  expect((await next('saved')).outcome).toMatchObject({ kind: 'problem' });
});

it.skipIf(!CAN_MOUNT)(
  'leaves the file of before on a full disk, and saves elsewhere then',
  async () => {
    const disk = mountSmallDisk(4_096);
    try {
      open();
      const save = async (into: string, name: string) => {
        ask({ kind: 'save', saveId: name, traceId, path: join(into, name), notes: [] });
        return (await next('saved')).outcome;
      };
      for (const name of ['full.jsonl', 'full.jsonl.gz']) {
        const target = join(disk.folder, name);
        const { trace } = await readTraceFile(path);
        await writeTrace(trace, target, [{ id: 'own', step: 1, text: 'of before' }]);
        const before = readFileSync(target);
        disk.fill(8);
        expect(await save(disk.folder, name)).toEqual({
          kind: 'problem',
          problem: {
            title: `The trace could not be written to ${target}: there is no space left on the disk.`,
            remedy: 'Make room, or write to another disk.',
          },
        });
        expect(before.equals(readFileSync(target))).toBe(true);
        expect(readdirSync(disk.folder).toSorted()).toEqual(['filler', name]);
        expect(await save(folder, name)).toEqual({ kind: 'ok', value: null });
        expect((await readTraceFile(join(folder, name))).trace.length).toBe(stepCount());
        for (const each of readdirSync(disk.folder)) rmSync(join(disk.folder, each));
      }
    } finally {
      disk.close();
    }
  },
);

it('never keeps what it did not read to its end as an index', async () => {
  open();
  ask({ kind: 'close', traceId });
  await next('ended');
  traceId = `${traceId}-again`;
  open();
  expect(await next('ended')).toEqual({ kind: 'ended', traceId });
  expect(indexOf(taken('grew')).length).toBe(stepCount());
});
