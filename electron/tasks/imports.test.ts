import { describe, expect, it } from 'vitest';
import { checkImports } from './imports.mjs';

/** Checks sources that exist in memory only and renders each violation on one line. */
function check(sources: Record<string, string>, debt: { file: string; imports: string }[] = []) {
  return checkImports(new Map(Object.entries(sources)), debt).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );
}

describe('import directions', () => {
  it('accepts what the allowlist names', () => {
    const violations = check({
      'core/index.ts': `import { z } from 'zod/mini';\nexport { a } from './a.ts';`,
      'core/a.ts': `import { sha256 } from '@noble/hashes/sha2.js';\nexport const a = sha256;`,
      'core/a.test.ts': `import { it } from 'vitest';\nimport { readFileSync } from 'node:fs';`,
      'core/node/files.ts': `import fs from 'node:fs';\nimport conf from 'conf';`,
      'samples/counter/machine.ts': `import { define } from 'phasmoscope';`,
      'renderer/main.tsx': `import '@fontsource-variable/inter';\nimport './main.css';`,
      'electron/main.ts': `import { app } from 'electron';\nimport '../core/node/files.ts';`,
    });
    expect(violations).toEqual([]);
  });

  it.each([
    ['a static import', `import { readFileSync } from 'node:fs';`],
    ['a built-in module without its prefix', `import { readFileSync } from 'fs';`],
    ['a type-only import', `import type { Stats } from 'node:fs';`],
    ['a bare import', `import 'node:fs';`],
    ['a dynamic import', `export const fs = import('node:fs');`],
    ['a re-export', `export { readFileSync } from 'node:fs';`],
    ['a star re-export', `export * from 'node:fs';`],
    ['an import type', `export type Fs = typeof import('node:fs');`],
  ])('refuses %s', (_, statement) => {
    expect(check({ 'core/a.ts': `\n${statement}` })).toEqual([
      expect.stringMatching(
        /^core\/a\.ts:2 imports (?:node:)?fs, but may import only core\/ \(not core\/node\/\), mutative, zod, @noble\/hashes$/,
      ),
    ]);
  });

  it.each([
    ['core/a.ts', './node/files.ts'],
    ['core/a.ts', 'react'],
    ['core/a.ts', 'zodiac'],
    ['core/a.ts', '../samples/counter/machine.ts'],
    ['electron/main.ts', '../renderer/api.ts'],
    ['electron/main.ts', '../samples/counter/machine.ts'],
    ['renderer/api.ts', '../electron/main.ts'],
    ['renderer/api.ts', '../core/node/files.ts'],
    ['renderer/api.ts', 'electron'],
    ['samples/counter/machine.ts', '../../core/index.ts'],
    ['samples/counter/machine.ts', 'node:crypto'],
    ['e2e/app.ts', 'electron'],
  ])('refuses %s importing %s', (file, specifier) => {
    expect(check({ [file]: `import '${specifier}';` })).toHaveLength(1);
  });

  it('ignores what only looks like an import', () => {
    const text = `// import 'electron';\nexport const text = "import 'electron'";`;
    expect(check({ 'core/a.ts': text })).toEqual([]);
  });
});

describe('debt', () => {
  const sources = { 'core/a.ts': `import 'react';` };

  it('excuses a known violation', () => {
    expect(check(sources, [{ file: 'core/a.ts', imports: 'react' }])).toEqual([]);
  });

  it('must shrink when it is paid', () => {
    expect(check({ 'core/a.ts': '' }, [{ file: 'core/a.ts', imports: 'react' }])).toEqual([
      'core/a.ts:1 no longer imports react: take the entry off the debt list',
    ]);
  });
});

describe('sole users', () => {
  it('leaves ipcMain to one file', () => {
    const text = `\nimport { ipcMain } from 'electron';`;
    expect(check({ 'electron/ipc.ts': text, 'electron/main.ts': text })).toEqual([
      'electron/main.ts:2 uses ipcMain, which is left to one file, now electron/ipc.ts',
    ]);
  });

  it('leaves window.phasmoscope to one file, but for tests', () => {
    const text = `export const api = window.phasmoscope;`;
    const sources = { 'renderer/api.ts': text, 'renderer/api.test.ts': text };
    expect(check(sources)).toEqual([]);
    expect(check({ ...sources, 'renderer/main.tsx': text })).toHaveLength(1);
  });
});

describe('cycles', () => {
  it('are found across files', () => {
    const violations = check({
      'core/a.ts': `import './b.ts';`,
      'core/b.ts': `\nexport * from './c.ts';`,
      'core/c.ts': `import './a.ts';`,
    });
    expect(violations).toEqual([
      'core/c.ts:1 closes a cycle: core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts',
    ]);
  });

  it('are not closed by types', () => {
    const violations = check({
      'core/a.ts': `import './b.ts';`,
      'core/b.ts': `import type { A } from './a.ts';`,
    });
    expect(violations).toEqual([]);
  });
});
