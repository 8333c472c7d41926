import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserCache, userCacheFolder } from '../user-cache.ts';
import { bundleMachine } from './machine-bundle.ts';
import { SourceRecorder } from './source-files.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'phasmoscope-kept-')));
  setCaches('caches');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function setCaches(name: string): void {
  for (const variable of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) {
    vi.stubEnv(variable, join(root, name));
  }
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Bundles the machine file `work/machine.ts`. */
async function bundle() {
  const path = join(root, 'work/machine.ts');
  const recorder = new SourceRecorder(path);
  const { code } = await bundleMachine(path, recorder);
  return { code, files: recorder.files };
}

/** Bundles it as if for the first time. */
async function bundleAnew() {
  setCaches('no-caches');
  rmSync(join(root, 'no-caches'), { recursive: true, force: true });
  try {
    return await bundle().catch(String);
  } finally {
    setCaches('caches');
  }
}

function keptNames(): readonly string[] {
  try {
    return readdirSync(join(userCacheFolder(), 'machines'));
  } catch {
    return [];
  }
}

/** Bundles it until the bundle is kept, which it is not while something moves beside it. */
async function keep() {
  return vi.waitUntil(
    async () => {
      const bundled = await bundle();
      return keptNames().length > 0 ? bundled : undefined;
    },
    { timeout: 20_000 },
  );
}

it('uses what it kept, and knows what that is made of', async () => {
  write({
    'work/machine.ts': "import { rules } from './rules'; console.log('first', rules);",
    'work/rules.ts': 'export const rules = 1;',
  });
  const { code, files } = await keep();
  const [name = ''] = keptNames();
  const cache = new UserCache('machines', 2 ** 20);
  const entry = cache.read(name)?.toString() ?? '';
  cache.write(name, Buffer.from(entry.replaceAll('"first"', '"again"')));
  const again = await bundle();
  expect(again.code).toBe(code.replace('"first"', '"again"'));
  expect(again.files).toEqual({ ...files, sinceMs: expect.any(Number) });
});

it('keeps nothing that was written a moment ago', async () => {
  write({ 'work/machine.ts': "console.log('m');" });
  await bundle();
  expect(keptNames()).toEqual([]);
});

it('keeps nothing where settings say where packages are', async () => {
  write({
    'work/machine.ts': "import { n } from 'numbers'; console.log(n);",
    'work/own/numbers.ts': 'export const n = 1;',
    'work/tsconfig.json': '{ "compilerOptions": { "paths": { "numbers": ["./own/numbers.ts"] } } }',
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await bundle();
  expect(keptNames()).toEqual([]);
});

const PACKAGE = {
  'node_modules/numbers/package.json': '{ "name": "numbers", "main": "one.js" }',
  'node_modules/numbers/one.js': 'export const n = 1;',
  'node_modules/numbers/two.js': 'export const n = 2;',
};
const CLASS = 'class A { #p = 1; q = 2; } console.log(new A());';
const OLD_FIELDS = '{ "compilerOptions": { "useDefineForClassFields": false } }';

describe('bundles anew', () => {
  it.each<[string, Record<string, string>, () => void]>([
    [
      'when the machine file changes',
      { 'work/machine.ts': 'console.log(1);' },
      () => write({ 'work/machine.ts': 'console.log(2);' }),
    ],
    [
      'when an imported file changes',
      {
        'work/machine.ts': "import { n } from './n.ts'; console.log(n);",
        'work/n.ts': 'export const n = 1;',
      },
      () => write({ 'work/n.ts': 'export const n = 2;' }),
    ],
    [
      'when an imported file is gone',
      {
        'work/machine.ts': "import { n } from './n.ts'; console.log(n);",
        'work/n.ts': 'export const n = 1;',
      },
      () => rmSync(join(root, 'work/n.ts')),
    ],
    [
      'when another file comes before an imported one',
      {
        'work/machine.ts': "import { n } from './n'; console.log(n);",
        'work/n.ts': 'export const n = 1;',
      },
      () => write({ 'work/n.tsx': 'export const n = 2;' }),
    ],
    [
      'when a file comes before a folder',
      {
        'work/machine.ts': "import { n } from './n'; console.log(n);",
        'work/n/index.ts': 'export const n = 1;',
      },
      () => write({ 'work/n.ts': 'export const n = 2;' }),
    ],
    [
      'when JavaScript takes the place of TypeScript',
      {
        'work/machine.ts': "import { n } from './n.js'; console.log(n);",
        'work/n.ts': 'export const n = 1;',
      },
      () => write({ 'work/n.js': 'export const n = 2;' }),
    ],
    [
      'when settings are added above it',
      { 'work/machine.ts': CLASS },
      () => write({ 'tsconfig.json': OLD_FIELDS }),
    ],
    [
      'when settings are removed',
      { 'work/machine.ts': CLASS, 'work/tsconfig.json': OLD_FIELDS },
      () => rmSync(join(root, 'work/tsconfig.json')),
    ],
    [
      'when settings change that its settings extend',
      {
        'work/machine.ts': CLASS,
        'work/tsconfig.json': '{ "extends": "./base" }',
        'work/base.json': '{ "extends": ["../common/strict.json"] }',
        'common/strict.json': '{}',
      },
      () => write({ 'common/strict.json': OLD_FIELDS }),
    ],
    [
      'when settings of a package change that its settings extend',
      {
        'work/machine.ts': CLASS,
        'work/tsconfig.json': '{ "extends": "@settings/strict" }',
        'node_modules/@settings/strict/package.json': '{ "version": "1.0.0" }',
        'node_modules/@settings/strict/tsconfig.json': '{}',
      },
      () => write({ 'node_modules/@settings/strict/tsconfig.json': OLD_FIELDS }),
    ],
    [
      'when its settings say where packages are',
      { ...PACKAGE, 'work/machine.ts': "import { n } from 'numbers'; console.log(n);" },
      () =>
        write({
          'work/tsconfig.json': '{ "compilerOptions": { "paths": { "numbers": ["./n.ts"] } } }',
          'work/n.ts': 'export const n = 3;',
        }),
    ],
    [
      'when a package has another version',
      { ...PACKAGE, 'work/machine.ts': "import { n } from 'numbers'; console.log(n);" },
      () =>
        write({ 'node_modules/numbers/package.json': '{ "name": "numbers", "main": "two.js" }' }),
    ],
    [
      'when a package is edited in place',
      { ...PACKAGE, 'work/machine.ts': "import { n } from 'numbers'; console.log(n);" },
      () => write({ 'node_modules/numbers/one.js': 'export const n = 3;' }),
    ],
    [
      'when a package is installed closer to it',
      { ...PACKAGE, 'work/machine.ts': "import { n } from 'numbers'; console.log(n);" },
      () => write({ 'work/node_modules/numbers/index.js': 'export const n = 3;' }),
    ],
    [
      'when a package that a package needs is installed closer to that',
      {
        ...PACKAGE,
        'work/machine.ts': "import { m } from 'more'; console.log(m);",
        'node_modules/more/package.json': '{ "main": "more.js" }',
        'node_modules/more/more.js': "import { n } from 'numbers'; export const m = n;",
      },
      () =>
        write({
          'node_modules/more/node_modules/numbers/package.json': '{ "main": "three.js" }',
          'node_modules/more/node_modules/numbers/three.js': 'export const n = 3;',
        }),
    ],
  ])('%s', async (_, files, change) => {
    write(files);
    const before = await keep();
    change();
    const after = await bundle().catch(String);
    const expected = await bundleAnew();
    if (typeof expected === 'string') {
      expect(after).toBe(expected);
    } else {
      expect(after).toMatchObject({ code: expected.code });
      expect(expected.code).not.toBe(before.code);
    }
  });

  it('when a link leads somewhere else', async () => {
    write({
      'work/machine.ts': "import { n } from './linked/n.ts'; console.log(n);",
      'a/n.ts': 'export const n = 1;',
      'b/n.ts': 'export const n = 2;',
    });
    symlinkSync(join(root, 'a'), join(root, 'work/linked'));
    await keep();
    symlinkSync(join(root, 'b'), join(root, 'work/other'));
    renameSync(join(root, 'work/other'), join(root, 'work/linked'));
    expect((await bundle()).code).toContain('n=2');
  });
});
