import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UserCache, userCacheFolder } from './user-cache.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cache-'));
  for (const name of ['XDG_CACHE_HOME', 'HOME', 'LOCALAPPDATA']) vi.stubEnv(name, folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const data = Buffer.from('some data');
const pathOf = (name: string) => join(userCacheFolder(), 'things', name);

it('returns what was written, whole, and nothing else', () => {
  const cache = new UserCache('things', 1_000);
  expect(cache.read('a')).toBeUndefined();
  cache.write('a', data);
  cache.write('b', Buffer.alloc(0));
  expect(cache.read('a')).toEqual(data);
  expect(cache.read('b')).toEqual(Buffer.alloc(0));
  expect(readdirSync(join(userCacheFolder(), 'things'))).toEqual(['a', 'b']);
  cache.write('a', Buffer.from('other'));
  expect(new UserCache('things', 1_000).read('a')).toEqual(Buffer.from('other'));
});

it.each([
  ['cut', (path: string) => truncateSync(path, 35)],
  ['empty', (path: string) => truncateSync(path, 0)],
  [
    'changed in one byte',
    (path: string) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] = 0;
      writeFileSync(path, bytes);
    },
  ],
])('has no entry where its file is %s', (_, damage) => {
  const cache = new UserCache('things', 1_000);
  cache.write('a', data);
  damage(pathOf('a'));
  expect(cache.read('a')).toBeUndefined();
});

it('is empty where it cannot be written', () => {
  writeFileSync(join(folder, 'phasmoscope'), '');
  vi.stubEnv('HOME', '/dev/null');
  const cache = new UserCache('things', 1_000);
  cache.write('a', data);
  expect(cache.read('a')).toBeUndefined();
});

it('gives up the entries that were not used for longest', () => {
  const cache = new UserCache('things', 250);
  for (const [name, secondsAgo] of Object.entries({ old: 30, older: 40, new: 20 })) {
    cache.write(name, Buffer.alloc(50));
    const at = Date.now() / 1_000 - secondsAgo;
    utimesSync(pathOf(name), at, at);
  }
  cache.write('newest', Buffer.alloc(50));
  expect(readdirSync(join(userCacheFolder(), 'things'))).toEqual(['new', 'newest', 'old']);
});

it('keeps an entry that is read, however long ago it was written', () => {
  const cache = new UserCache('things', 150);
  cache.write('old', Buffer.alloc(50));
  const yearAgo = Date.now() / 1_000 - 31_536_000;
  utimesSync(pathOf('old'), yearAgo, yearAgo);
  cache.read('old');
  cache.write('other', Buffer.alloc(150));
  expect(cache.read('other')).toBeUndefined();
  expect(cache.read('old')).toEqual(Buffer.alloc(50));
});
