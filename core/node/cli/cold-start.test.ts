import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { UserCache } from '../user-cache.ts';

const COMMAND = join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cold-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function phasmoscope(caches: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, XDG_CACHE_HOME: caches, LOCALAPPDATA: caches, HOME: caches };
  const command = promisify(execFile)(process.execPath, [COMMAND, ...args], { env });
  return (await command).stdout;
}

/** The entries of a kind by name, where the caches are. */
function entries(caches: string, kind: string): Record<string, Buffer> {
  const [path] = readdirSync(caches, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(join('phasmoscope', kind)),
  );
  if (path === undefined) return {};
  const names = readdirSync(join(caches, path));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(caches, path, name))]));
}

it('keeps the code of a command, and uses it the next time', async () => {
  const caches = join(folder, 'kept');
  const first = await phasmoscope(caches, 'machines', '--json');
  const kept = entries(caches, 'code');
  expect(Object.keys(kept)).toHaveLength(1);
  expect(await phasmoscope(caches, 'machines', '--json')).toBe(first);
  expect(entries(caches, 'code')).toEqual(kept);
});

it('runs all the same with code that V8 does not take, and replaces it', async () => {
  const caches = join(folder, 'foreign');
  const first = await phasmoscope(caches, 'machines', '--json');
  const [entry] = Object.entries(entries(caches, 'code'));
  if (!entry) throw new Error('code was kept');
  const [name, kept] = entry;
  for (const variable of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(variable, caches);
  new UserCache('code', 2 ** 30).write(name, Buffer.from('no code'));
  vi.unstubAllEnvs();
  expect(await phasmoscope(caches, 'machines', '--json')).toBe(first);
  expect(entries(caches, 'code')[name]?.length).toBeGreaterThan(kept.length / 2);
});

it('runs all the same where nothing can be kept', async () => {
  const caches = join(folder, 'file');
  writeFileSync(caches, '');
  expect(await phasmoscope(caches, 'machines', '--json')).toContain('dentist-booking');
});
