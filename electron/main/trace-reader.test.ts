import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReaderMessage, ReaderRequest } from '../../core/contract/reader.ts';
import type { ApiEvent } from '../../core/contract/window.ts';
import type { ChildListener } from './child.ts';
import { TraceReader } from './trace-reader.ts';

/** The processes that were started, each with what it was asked. */
interface FakeProcess {
  readonly asked: ReaderRequest[];
  readonly listener: ChildListener<ReaderMessage>;
  isKilled: boolean;
}

let processes: FakeProcess[];
let events: ApiEvent[];
let reader: TraceReader;

beforeEach(() => {
  vi.useFakeTimers();
  [processes, events] = [[], []];
  reader = new TraceReader({
    start: (listener) => {
      const started: FakeProcess = { asked: [], listener, isKilled: false };
      processes.push(started);
      return {
        silentMs: 0,
        output: 'out of memory',
        post: (request) => started.asked.push(request),
        kill: () => {
          started.isKilled = true;
        },
      };
    },
    emit: (event) => events.push(event),
    fileOf: (traceId) => `/session/${traceId}.jsonl`,
    copyFolder: '/session',
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function latest(): FakeProcess {
  const found = processes.at(-1);
  if (!found) throw new Error('no process was started');
  return found;
}

const say = (message: ReaderMessage) => latest().listener.onMessage(message);
const die = () => latest().listener.onExit(134);
const asked = () => latest().asked.splice(0);

/** The reader says that a trace has more steps. */
function grew(traceId: string, steps: number, header?: string): void {
  const begins = header === undefined ? {} : { header };
  say({ kind: 'grew', traceId, ...begins, delta: { glances: new Uint16Array(steps), rest: '{}' } });
}

it('starts one process for all traces, when the first one is read', () => {
  expect(processes).toHaveLength(0);
  void reader.read('a', { path: '/a.jsonl' });
  void reader.read('b', { path: '/b.jsonl' });
  expect(processes).toHaveLength(1);
  expect(asked().map((request) => request.kind)).toEqual(['open', 'open']);
});

it('passes on what was read, and how it ended', async () => {
  const onBegun = vi.fn<() => void>();
  const onProgress = vi.fn<() => void>();
  const ended = reader.read('a', { path: '/a.jsonl', onBegun, onProgress });
  say({ kind: 'progress', traceId: 'a', bytes: 5, bytesMax: 10 });
  grew('a', 3, 'header');
  grew('a', 2);
  say({ kind: 'ended', traceId: 'a' });
  expect(await ended).toEqual({ kind: 'completed' });
  expect(onBegun).toHaveBeenCalledOnce();
  expect(onProgress).toHaveBeenCalledWith({ kind: 'progress', bytes: 5, bytesMax: 10 });
  expect(events.map(({ kind }) => kind)).toEqual(['traceGrew', 'traceGrew']);
});

it('opens the file of a run when its first lines are there', async () => {
  reader.follow('run');
  expect(processes).toHaveLength(0);
  reader.grow('run');
  reader.grow('run');
  const ended = reader.finish('run');
  expect(asked()).toMatchObject([
    { kind: 'open', path: '/session/run.jsonl', isLive: true, stepsKnown: 0 },
    { kind: 'grow' },
    { kind: 'finish' },
  ]);
  say({ kind: 'ended', traceId: 'run' });
  expect(await ended).toEqual({ kind: 'completed' });
});

it('reads nothing of a run that has written nothing, or whose trace was closed', async () => {
  reader.follow('run');
  expect(await reader.finish('run')).toEqual({ kind: 'completed' });
  reader.follow('closed');
  reader.close('closed');
  reader.grow('closed');
  expect(processes).toHaveLength(0);
});

it('blames the file that it was reading for the death of the process, and goes on', async () => {
  const finished = reader.read('good', { path: '/good.jsonl' });
  grew('good', 9, 'header');
  say({ kind: 'ended', traceId: 'good' });
  await finished;
  const hostile = reader.read('hostile', { path: '/hostile.jsonl' });
  die();
  expect(await hostile).toMatchObject({
    kind: 'failed',
    problem: {
      title: expect.stringMatching(/^\/hostile\.jsonl could not be read.*exit code 134/),
      remedy: expect.stringContaining('open it again'),
      details: 'out of memory',
    },
  });
  expect(processes).toHaveLength(1);
  void reader.ask({ askId: 'q', traceId: 'good', question: { kind: 'lines', stepIndices: [0] } });
  expect(processes).toHaveLength(2);
  expect(asked()).toMatchObject([
    { kind: 'open', traceId: 'good', stepsKnown: null },
    { kind: 'ask', askId: 'q' },
  ]);
});

it('follows a run on when the process dies, from the step that the window has', async () => {
  reader.follow('run');
  reader.grow('run');
  grew('run', 7, 'header');
  die();
  expect(asked()).toMatchObject([{ kind: 'open', traceId: 'run', isLive: true, stepsKnown: 7 }]);
  die();
  const ended = reader.finish('run');
  die();
  expect(await ended).toMatchObject({ kind: 'failed' });
});

it('says of questions and saves under way that the process died', async () => {
  const saved = reader.save('/there.jsonl', { traceId: 'run', notes: [] });
  const answered = reader.ask({
    askId: 'q',
    traceId: 'run',
    question: { kind: 'find', text: 'x' },
  });
  die();
  const problem = { kind: 'problem', problem: { remedy: 'Try it again.' } };
  expect(await saved).toMatchObject(problem);
  expect(await answered).toMatchObject(problem);
});

it('leaves no half-written file behind', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'phasmoscope-reader-')), 'saved.jsonl.part');
  writeFileSync(path, 'half');
  void reader.save('/there.jsonl', { traceId: 'run', notes: [] });
  say({ kind: 'half', path, exists: true });
  die();
  expect(existsSync(path)).toBe(false);
});

it('passes on what was found, and opens both traces of a comparison', async () => {
  const answered = reader.ask({
    askId: 'q',
    traceId: 'after',
    question: { kind: 'firstDifference', beforeId: 'before' },
  });
  expect(asked().slice(0, 2)).toMatchObject([
    { kind: 'open', path: '/session/after.jsonl' },
    { kind: 'open', path: '/session/before.jsonl' },
  ]);
  say({ kind: 'found', askId: 'q', parts: [1, 2] });
  say({ kind: 'answered', askId: 'q', outcome: { kind: 'ok', value: 'x' } });
  expect(await answered).toEqual({ kind: 'ok', value: 'x' });
  expect(events).toEqual([
    { kind: 'askFound', askId: 'q', part: 1 },
    { kind: 'askFound', askId: 'q', part: 2 },
    { kind: 'askFoundAll', askId: 'q' },
  ]);
});

it('kills a process that does not stop reading, and reads other traces on', async () => {
  const hung = reader.read('hung', { path: '/hung.jsonl' });
  void reader.read('other', { path: '/other.jsonl' });
  grew('other', 4, 'header');
  reader.stop('hung');
  expect(asked().at(-1)).toEqual({ kind: 'stop', traceId: 'hung' });
  vi.advanceTimersByTime(1_000);
  expect(await hung).toEqual({ kind: 'cancelled' });
  expect(processes[0]?.isKilled).toBe(true);
  expect(asked()).toMatchObject([{ kind: 'open', traceId: 'other', stepsKnown: 4 }]);
});

it('kills a process that does not stop searching', async () => {
  const answered = reader.ask({
    askId: 'q',
    traceId: 'run',
    question: { kind: 'find', text: 'x' },
  });
  reader.cancelAsk('q');
  vi.advanceTimersByTime(1_000);
  expect(await answered).toMatchObject({ kind: 'problem' });
  expect(processes[0]?.isKilled).toBe(true);
});

it('reports a trace that was stopped in time as cancelled', async () => {
  const ended = reader.read('a', { path: '/a.jsonl' });
  reader.stop('a');
  say({ kind: 'ended', traceId: 'a' });
  expect(await ended).toEqual({ kind: 'cancelled' });
  vi.advanceTimersByTime(1_000);
  expect(processes[0]?.isKilled).toBe(false);
});

it('cancels what is under way when a page begins anew', async () => {
  const ended = reader.read('a', { path: '/a.jsonl' });
  reader.closeAll();
  expect(await ended).toEqual({ kind: 'cancelled' });
  expect(asked().at(-1)).toEqual({ kind: 'close', traceId: 'a' });
});
