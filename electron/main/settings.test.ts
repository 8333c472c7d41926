import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../core/problem.ts';
import { mutationsOf } from '../../core/test-helpers/mutations.ts';
import { Settings } from './settings.ts';

let folder: string;
let problems: Problem[];
const open = (at = folder) => new Settings(at, (problem) => problems.push(problem));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-settings-'));
  problems = [];
});

/** Checks that the settings work, at least until the next start. */
function expectUsable(settings: Settings): void {
  expect(settings.theme).toBe('system');
  settings.theme = 'dark';
  settings.addAgreed('/machine.ts');
  settings.addRecent({ kind: 'trace', path: '/trace.jsonl' });
  settings.bounds = { x: 1, y: 2, width: 3, height: 4 };
  expect(settings.theme).toBe('dark');
  expect(settings.agreed).toEqual(['/machine.ts']);
  expect(settings.recents).toHaveLength(1);
  expect(settings.bounds).toMatchObject({ width: 3 });
}

it('keeps settings from one start to the next', () => {
  expectUsable(open());
  expect(open().theme).toBe('dark');
  expect(problems).toEqual([]);
});

it('keeps what a person sets, and has the usual where the file has nonsense', () => {
  const preferences = { timeLimitMs: 700, sessionBytesMax: 1024 ** 3, editor: 'subl' };
  open().preferences = preferences;
  expect(open().preferences).toEqual(preferences);
  writeFileSync(
    join(folder, 'settings.json'),
    '{"timeLimitMs":-1,"sessionBytesMax":"much","editor":7}',
  );
  expect(open().preferences).toEqual({
    timeLimitMs: 5_000,
    sessionBytesMax: 4 * 1024 ** 3,
    editor: '',
  });
});

describe('settings that cannot be used', () => {
  it('are reported when a folder is in their place', () => {
    mkdirSync(join(folder, 'settings.json'));
    expectUsable(open());
    expect(problems).toHaveLength(1);
    expect(problems[0]?.title).toContain(folder);
    expect(problems[0]?.remedy).toContain('default settings');
  });

  it('are reported when their folder is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expectUsable(open(file));
    expect(problems).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32')('are reported when a pipe is in their place', () => {
    execFileSync('mkfifo', [join(folder, 'settings.json')]);
    expectUsable(open());
    expect(problems).toMatchObject([{ title: expect.stringContaining('it is a pipe') }]);
  });

  it('are reported and replaced when they are damaged, and put aside before', () => {
    writeFileSync(join(folder, 'settings.json'), '{"theme": "da');
    expectUsable(open());
    expect(problems).toHaveLength(1);
    const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('settings-'));
    expect(readFileSync(join(folder, aside), 'utf8')).toBe('{"theme": "da');
    expect(problems[0]?.remedy).toContain(aside);
    expect(open().theme).toBe('dark');
    expect(problems).toHaveLength(1);
  });

  it('are reported once, and saved as soon as they can be', () => {
    const settings = open();
    const file = join(folder, 'settings.json');
    rmSync(file, { force: true });
    mkdirSync(file);
    settings.theme = 'dark';
    settings.addAgreed('/machine.ts');
    expect(problems).toHaveLength(1);
    expect(settings.theme).toBe('dark');
    rmSync(file, { recursive: true });
    settings.bounds = { x: 1, y: 2, width: 3, height: 4 };
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      theme: 'dark',
      agreed: ['/machine.ts'],
    });
  });

  it('are replaced one by one when they hold something else', () => {
    writeFileSync(
      join(folder, 'settings.json'),
      '{"theme": 7, "recents": [null, {"kind": "trace", "path": "/a"}], "agreed": 1, "bounds": {}}',
    );
    const settings = open();
    expect(settings.recents).toEqual([{ kind: 'trace', path: '/a' }]);
    expect([settings.theme, settings.agreed, settings.bounds]).toEqual(['system', [], undefined]);
  });
});

const STORED = {
  theme: 'dark',
  recents: [
    { kind: 'trace', path: '/a.jsonl' },
    { kind: 'machine', path: '/m.ts', name: 'desk' },
  ],
  agreed: ['/m.ts', '/n.ts'],
  sessionBytesMax: 1024 ** 3,
  timeLimitMs: 700,
  editor: 'subl',
  bounds: { x: 1, y: 2, width: 3, height: 4 },
};

const readAll = ({ theme, recents, agreed, preferences, bounds }: Settings) => ({
  theme,
  recents,
  agreed,
  ...preferences,
  bounds,
});

it('keeps whatever is beside a place that is changed', () => {
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(STORED));
  const whole: Readonly<Record<string, unknown>> = readAll(open());
  expect(whole).toEqual(STORED);
  for (const { at, what, text } of mutationsOf(STORED)) {
    writeFileSync(join(folder, 'settings.json'), text);
    const found: Readonly<Record<string, unknown>> = readAll(open());
    const [name, entry] = at;
    for (const other of Object.keys(whole)) {
      const place = `${at.join('.')}: ${what}: ${other}`;
      if (name !== undefined && other !== name) expect(found[other], place).toEqual(whole[other]);
    }
    if ((name === 'agreed' || name === 'recents') && entry !== undefined) {
      const others = STORED[name].filter((_, index) => index !== entry);
      expect(found[name], `${at.join('.')}: ${what}`).toEqual(expect.arrayContaining(others));
    }
  }
  // The whole file as an object that is nested too deeply: it stays as it is.
  expect(problems).toMatchObject([{ title: expect.stringContaining('call stack') }]);
});
