import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Problem } from '../../core/problem.ts';
import { SessionFolder } from './session-folder.ts';

let profile: string;
let taken: SessionFolder[];
let problems: Problem[];

beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'phasmoscope-session-'));
  taken = [];
  problems = [];
});

afterEach(() => {
  for (const session of taken) session.release();
  rmSync(profile, { recursive: true });
});

async function take(): Promise<SessionFolder> {
  const session = await SessionFolder.take(profile, (problem) => problems.push(problem));
  taken.push(session);
  return session;
}

/** Writes a trace of the session, and returns its path. */
function writeTrace(session: SessionFolder, traceId: string, bytes = 1): string {
  const path = session.traceFile(traceId);
  writeFileSync(path, 'x'.repeat(bytes));
  return path;
}

it('gives back at the next start what was kept last', async () => {
  const session = await take();
  expect(session.texts.session).toBeNull();
  await Promise.all([session.keep('session', 'one'), session.keep('session', 'two')]);
  expect(session.isSettled).toBe(true);
  session.release();
  expect((await take()).texts.session).toBe('two');
});

it('keeps each file by itself, and does without places that cannot be read', async () => {
  const session = await take();
  await session.keep('session', 'large');
  const large = join(session.tracesFolder, '..', 'session.json');
  utimesSync(large, 1, 1);
  await session.keep('places', 'small');
  expect(statSync(large).mtimeMs).toBe(1_000);
  session.release();
  const again = await take();
  expect(again.texts).toEqual({ session: 'large', places: 'small' });
  again.release();
  const places = join(session.tracesFolder, '..', 'places.json');
  rmSync(places);
  mkdirSync(places);
  expect((await take()).texts).toEqual({ session: 'large', places: null });
});

it('lets two programs at once have folders of their own, and each finds its own again', async () => {
  const [first, second] = [await take(), await take()];
  await first.keep('session', 'of the first');
  await second.keep('session', 'of the second');
  expect(first.tracesFolder).not.toBe(second.tracesFolder);
  first.release();
  second.release();
  expect((await take()).texts.session).toBe('of the first');
  expect((await take()).texts.session).toBe('of the second');
});

it('deletes at the start what the session does not name, and nothing else', async () => {
  const session = await take();
  const named = writeTrace(session, 'run-1');
  const unnamed = writeTrace(session, 'run-2');
  const copy = join(session.tracesFolder, 'copy-1.lines');
  writeFileSync(copy, 'x');
  await session.keep('session', JSON.stringify({ runs: ['run-1'] }));
  session.release();
  await take();
  expect([named, unnamed, copy].map((path) => existsSync(path))).toEqual([true, false, false]);
});

it('deletes no trace when the state cannot be read', async () => {
  const session = await take();
  const trace = writeTrace(session, 'run-1');
  const state = join(session.tracesFolder, '..', 'session.json');
  rmSync(state, { force: true });
  session.release();
  // A folder in its place cannot be read as a file.
  mkdirSync(state);
  const next = await take();
  expect(existsSync(trace)).toBe(true);
  expect(next.tracesFolder).not.toBe(session.tracesFolder);
});

it('keeps the state whole when it cannot be written', async () => {
  const session = await take();
  await session.keep('session', 'one');
  const folder = join(session.tracesFolder, '..');
  rmSync(folder, { recursive: true });
  await expect(session.keep('session', 'two')).rejects.toThrow('session.json could not be written');
  expect(session.texts.session).toBe('two');
});

it('lists its traces from the oldest to the newest', async () => {
  const session = await take();
  writeTrace(session, 'new', 3);
  utimesSync(writeTrace(session, 'old', 5), 1, 1);
  expect(session.traces()).toMatchObject([
    { traceId: 'old', bytes: 5 },
    { traceId: 'new', bytes: 3 },
  ]);
  session.drop('old');
  session.drop('never-there');
  expect(session.traces()).toHaveLength(1);
  expect(readFileSync(session.traceFile('new'), 'utf8')).toBe('xxx');
});
