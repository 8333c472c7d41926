import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
function writeTrace(session: SessionFolder, traceId: string, text = 'x'): string {
  const path = session.traceFile(traceId);
  writeFileSync(path, text);
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

it('keeps each file by itself', async () => {
  const session = await take();
  await session.keep('session', 'large');
  const large = join(session.tracesFolder, '..', 'session.json');
  utimesSync(large, 1, 1);
  await session.keep('places', 'small');
  expect(statSync(large).mtimeMs).toBe(1_000);
  session.release();
  const again = await take();
  expect(again.texts).toEqual({ session: 'large', places: 'small' });
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

/** What the first page does at a start, which brings back these runs. */
function settle(session: SessionFolder, runIds: readonly string[], isWhole = true) {
  const aside = session.putAside(isWhole ? [] : ['session']);
  return { aside, unnamed: session.unnamed(runIds).map(({ traceId }) => traceId) };
}

it('deletes at the start the traces of runs that were closed, and what was half written', async () => {
  const session = await take();
  const paths = ['run-1', 'run-2'].map((id) => writeTrace(session, id));
  for (const name of ['copy-1.lines', 'run-3.jsonl.1-ab.part']) {
    const path = join(session.tracesFolder, name);
    writeFileSync(path, 'x');
    paths.push(path);
  }
  await session.keep('session', JSON.stringify({ runs: ['run-1'] }));
  session.release();
  expect(settle(await take(), ['run-1']).unnamed).toEqual([]);
  expect(paths.map((path) => existsSync(path))).toEqual([true, false, false, false]);
});

it('leaves alone what lies in its folders and is not its own', async () => {
  const session = await take();
  await session.keep('session', '{}');
  const stray = join(session.tracesFolder, 'backup');
  mkdirSync(join(stray, 'inner'), { recursive: true });
  mkdirSync(`${stray}.jsonl`);
  mkdirSync(`${stray}.part`);
  writeFileSync(join(session.tracesFolder, 'notes of mine.txt'), 'x');
  session.release();
  const again = await take();
  expect(again.tracesFolder).toBe(session.tracesFolder);
  expect(settle(again, []).unnamed).toEqual([]);
  expect(readdirSync(again.tracesFolder)).toHaveLength(4);
  expect([again.traces(), problems]).toEqual([[], []]);
});

describe('a session that was not read whole', () => {
  const OLD = JSON.stringify({ runs: ['run-read', 'run-unread'] });

  /** The next start, which understands one of the runs. */
  async function takeUnread() {
    const before = await take();
    for (const id of ['run-read', 'run-unread', 'run-unnamed'])
      writeTrace(before, id, 'header\nstep\n');
    writeTrace(before, 'run-empty', 'header\n');
    await before.keep('session', OLD);
    before.release();
    const session = await take();
    return { session, ...settle(session, ['run-read'], false) };
  }

  it('is put aside before anything is written, and loses no trace', async () => {
    const { session, aside, unnamed } = await takeUnread();
    expect(unnamed.toSorted()).toEqual(['run-unnamed', 'run-unread']);
    await session.keep('session', JSON.stringify({ runs: ['run-read'] }));
    expect(aside[0]).toMatch(/session-\d{4}-\d\d-\d\dT[\d-]+Z\.json$/);
    expect(readFileSync(aside[0] ?? '', 'utf8')).toBe(OLD);
    expect(session.traces()).toHaveLength(4);
  });

  it('loses none at later starts that is named by what was put aside', async () => {
    const { session } = await takeUnread();
    await session.keep('session', JSON.stringify({ runs: ['run-read'] }));
    session.release();
    const later = await take();
    expect(settle(later, ['run-read']).unnamed).toEqual(['run-unread']);
    expect(existsSync(later.traceFile('run-unnamed'))).toBe(false);
  });

  it('is not written over when it cannot be put aside', async () => {
    const before = await take();
    await before.keep('session', OLD);
    before.release();
    const session = await take();
    const state = join(session.tracesFolder, '..', 'session.json');
    rmSync(state);
    expect(() => session.putAside(['session'])).toThrow('ENOENT');
    await session.keep('session', 'new');
    expect(existsSync(state)).toBe(false);
    expect(session.texts.session).toBe('new');
  });

  it('was there, if there are traces without it', async () => {
    const before = await take();
    writeTrace(before, 'run-1', 'header\nstep\n');
    before.release();
    expect(settle(await take(), []).unnamed).toEqual(['run-1']);
  });
});

describe('the files that were put aside', () => {
  /** Writes a file that was put aside a number of days ago, and returns its path. */
  function putAside(
    session: SessionFolder,
    file: 'session' | 'places',
    daysAgo: number,
    text: string,
  ) {
    const at = new Date(Date.now() - daysAgo * 24 * 3_600_000).toISOString();
    const name = `${file}-${at.replaceAll(/[:.]/g, '-')}.json`;
    const path = join(session.tracesFolder, '..', name);
    writeFileSync(path, text);
    return path;
  }

  it('go after a time, with the traces that nothing else names', async () => {
    const session = await take();
    await session.keep('session', '{}');
    const trace = writeTrace(session, 'run-1', 'header\nstep\n');
    const text = JSON.stringify({ runs: { runs: [{ id: 'run-1' }] } });
    const paths = [100, 80].map((days) => putAside(session, 'session', days, text));
    session.release();
    const later = await take();
    expect(paths.map((path) => existsSync(path))).toEqual([false, true]);
    settle(later, []);
    expect(existsSync(trace)).toBe(true);
    rmSync(paths[1] ?? '');
    later.release();
    settle(await take(), []);
    expect(existsSync(trace)).toBe(false);
  });

  it('stay while somebody has named or noted something in them, or nobody knows that', async () => {
    const session = await take();
    const named = { origin: { kind: 'fork' }, name: 'without the crash' };
    const fork = JSON.stringify({ runs: { runs: [named] } });
    const paths = [
      putAside(session, 'session', 200, fork),
      putAside(session, 'session', 201, fork.slice(0, -4)),
      putAside(session, 'places', 200, '{"parts":{"notes":{"run-1":{"notes":[{"text":"Why?"}]}}}}'),
      putAside(session, 'places', 201, '{"parts":{"notes":{"run-1":{"notes":[]}}}}'),
      putAside(
        session,
        'session',
        202,
        JSON.stringify({ runs: { runs: [{ ...named, name: undefined }] } }),
      ),
    ];
    mkdirSync(putAsidePath(session));
    session.release();
    await take();
    expect(paths.map((path) => existsSync(path))).toEqual([true, true, true, false, false]);
    expect(existsSync(putAsidePath(session))).toBe(true);
  });

  /** A folder that was put aside long ago. */
  const putAsidePath = (session: SessionFolder) =>
    join(session.tracesFolder, '..', 'places-2020-01-01T00-00-00-000Z.json');
});

it('loses no trace when a page dies before it has named the run', async () => {
  const session = await take();
  await session.keep('session', '{}');
  session.release();
  const again = await take();
  settle(again, []);
  writeTrace(again, 'run-1', 'header\nstep\n');
  expect(settle(again, []).unnamed).toEqual(['run-1']);
});

const isPosix = process.platform !== 'win32';

describe('a file that cannot be read', () => {
  const others = [
    ['a folder', (path: string) => mkdirSync(path)],
    ...(isPosix
      ? [['a pipe', (path: string) => void execFileSync('mkfifo', [path])] as const]
      : []),
  ] as const;

  it.each(others)('is left as it is with its session, and reported: %s', async (what, make) => {
    const session = await take();
    const trace = writeTrace(session, 'run-1', 'header\nstep\n');
    const state = join(session.tracesFolder, '..', 'session.json');
    session.release();
    make(state);
    const next = await take();
    expect(next.tracesFolder).not.toBe(session.tracesFolder);
    expect(existsSync(trace)).toBe(true);
    expect(problems).toMatchObject([
      { title: expect.stringContaining(`session.json could not be read: it is ${what}`) },
    ]);
    expect(problems[0]?.title).toContain(join('sessions', '1'));
    expect(problems[0]?.remedy).toContain('not lost');
  });

  it.each(others)('is moved away where only the places were: %s', async (what, make) => {
    const session = await take();
    await session.keep('session', 'large');
    session.release();
    const places = join(session.tracesFolder, '..', 'places.json');
    make(places);
    const next = await take();
    expect(next.texts).toEqual({ session: 'large', places: null });
    expect(problems).toMatchObject([{ title: expect.stringContaining(`it is ${what}`) }]);
    await next.keep('places', 'new');
    expect(readFileSync(places, 'utf8')).toBe('new');
    const names = readdirSync(join(next.tracesFolder, '..'));
    expect(names.filter((name) => name.startsWith('places-'))).toHaveLength(1);
  });
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
  writeTrace(session, 'new', 'xxx');
  utimesSync(writeTrace(session, 'old', 'xxxxx'), 1, 1);
  expect(session.traces()).toMatchObject([
    { traceId: 'old', bytes: 5 },
    { traceId: 'new', bytes: 3 },
  ]);
  session.drop('old');
  session.drop('never-there');
  expect(session.traces()).toHaveLength(1);
  expect(readFileSync(session.traceFile('new'), 'utf8')).toBe('xxx');
});
