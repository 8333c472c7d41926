import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SEPARATE } from './build/esbuild-options.mjs';
import { ALLOWED } from './import-rules.mjs';
import { checkImports } from './imports.mjs';
import { ROOT } from './paths.mjs';

/** Checks sources that exist in memory only and renders each violation on one line. */
function check(sources: Record<string, string>, debt: { file: string; imports: string }[] = []) {
  return checkImports(new Map(Object.entries(sources)), debt).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );
}

describe('import directions', () => {
  it('accepts the imports of the allowlist', () => {
    const violations = check({
      'core/index.ts': `export { ok } from './machine/machine.ts';`,
      'core/value/a.ts': `import { sha256 } from '@noble/hashes/sha2.js';\nexport const a = sha256;`,
      'core/trace/a.ts': `import { z } from 'zod/mini';\nimport '../engine/run.ts';\nimport './b.ts';`,
      'core/trace/a.test.ts': `import { it } from 'vitest';\nimport 'node:fs';\nimport '../sweep/a.ts';`,
      'core/node/files/a.ts': `import fs from 'node:fs';`,
      'samples/counter/machine.ts': `import { define } from 'phasmoscope';`,
      'renderer/main.tsx': `import '@fontsource-variable/inter';\nimport './theme/base.css';`,
      'renderer/runs/panel.tsx': `import { useSession } from '../session/store.ts';`,
      'electron/main/main.ts': `import { app } from 'electron';\nimport '../../core/node/files/a.ts';`,
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
    expect(check({ 'core/value/a.ts': `\n${statement}` })).toEqual([
      expect.stringMatching(
        /^core\/value\/a\.ts:2 imports (?:node:)?fs, but may import only core\/value\/, core\/assert\.ts, /,
      ),
    ]);
  });

  it.each([
    ['core/value/a.ts', '../machine/machine.ts'],
    ['core/machine/a.ts', '../engine/run.ts'],
    ['core/engine/a.ts', '../trace/trace.ts'],
    ['core/trace/a.ts', '../sweep/report.ts'],
    ['core/sweep/a.ts', '../shrink/shrink.ts'],
    ['core/trace/a.ts', '../node/files/a.ts'],
    ['core/trace/a.test.ts', '../node/files/a.ts'],
    ['core/trace/a.ts', 'react'],
    ['core/trace/a.ts', 'zodiac'],
    ['core/trace/a.ts', '../../samples/counter/machine.ts'],
    ['core/node/files/a.ts', '../load/machine-loader.ts'],
    ['core/node/load/a.ts', '../cli/main.ts'],
    ['electron/main/a.ts', '../host/host.ts'],
    ['electron/main/a.ts', '../scripts/build.mjs'],
    ['electron/host/a.ts', '../main/main.ts'],
    ['electron/scripts/a.mjs', '../main/main.ts'],
    ['electron/scripts/a.mjs', '../../core/problem.ts'],
    ['electron/host/a.ts', '../../core/node/cli/main.ts'],
    ['electron/main/a.ts', '../../renderer/api.ts'],
    ['electron/main/a.ts', '../../samples/counter/machine.ts'],
    ['renderer/words/a.ts', '../session/controller.ts'],
    ['renderer/session/a.ts', '../sweep/summary.ts'],
    ['renderer/session/a.ts', '../../core/engine/run.ts'],
    ['renderer/timeline/a.tsx', '../state-tree/state-row.tsx'],
    ['renderer/sweep/a.tsx', '../shell/ui-store.ts'],
    ['renderer/api.ts', '../electron/main/main.ts'],
    ['renderer/api.ts', '../core/node/files/a.ts'],
    ['renderer/api.ts', 'electron'],
    ['samples/counter/machine.ts', '../../core/index.ts'],
    ['samples/counter/machine.ts', 'node:crypto'],
    ['samples/counter/counter.test.ts', '../../core/engine/run.ts'],
    ['e2e/helpers/app.ts', 'electron'],
  ])('refuses %s importing %s', (file, specifier) => {
    expect(check({ [file]: `import '${specifier}';` })).toHaveLength(1);
  });

  it('refuses a file in a folder without a row', () => {
    expect(check({ 'core/new/a.ts': '' })).toEqual([
      'core/new/a.ts:1 is in no part of the table: add a row to import-rules.mjs',
    ]);
  });

  it('ignores texts that only look like imports', () => {
    const text = `// import 'electron';\nexport const text = "import 'electron'";`;
    expect(check({ 'core/trace/a.ts': text })).toEqual([]);
  });
});

describe('debt', () => {
  const sources = { 'core/trace/a.ts': `import 'react';` };

  it('excuses a known violation', () => {
    expect(check(sources, [{ file: 'core/trace/a.ts', imports: 'react' }])).toEqual([]);
  });

  it('must shrink when it is paid', () => {
    expect(
      check({ 'core/trace/a.ts': '' }, [{ file: 'core/trace/a.ts', imports: 'react' }]),
    ).toEqual(['core/trace/a.ts:1 no longer imports react: take the entry off the debt list']);
  });
});

describe('sole users', () => {
  it('leaves ipcMain to one file', () => {
    const text = `\nimport { ipcMain } from 'electron';`;
    expect(check({ 'electron/main/ipc.ts': text, 'electron/main/main.ts': text })).toEqual([
      'electron/main/main.ts:2 uses ipcMain, which only one file may use, now electron/main/ipc.ts',
    ]);
  });

  it('leaves window.phasmoscope to one file, but for tests', () => {
    const text = `export const api = window.phasmoscope;`;
    const sources = { 'renderer/api.ts': text, 'renderer/api.test.ts': text };
    expect(check(sources)).toEqual([]);
    expect(check({ ...sources, 'renderer/main.tsx': text })).toHaveLength(1);
  });
});

describe('the table', () => {
  it('has no cycle', () => {
    const rowsOf = (path: string) =>
      path.endsWith('/')
        ? ALLOWED.filter(({ part }) => part.startsWith(path))
        : ALLOWED.filter(({ part }) => path.startsWith(part))
            .toSorted((a, b) => b.part.length - a.part.length)
            .slice(0, 1);
    const cyclic: string[] = [];
    const finished = new Set<string>();
    const visit = (part: string, path: readonly string[]) => {
      if (path.includes(part)) {
        cyclic.push([...path, part].join(' -> '));
        return;
      }
      const { folders = [] } = ALLOWED.find((row) => row.part === part) ?? {};
      for (const next of folders.flatMap(rowsOf)) {
        if (next.part !== part && !finished.has(next.part)) visit(next.part, [...path, part]);
      }
      finished.add(part);
    };
    for (const { part } of ALLOWED) visit(part, []);
    expect(cyclic).toEqual([]);
  });

  it('lets packages be left out of the bundles only if they are installed with it, or on demand', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      peerDependencies: Record<string, string>;
    };
    const { typescript: _asProgram, ...onDemand } = manifest.peerDependencies;
    const installed = Object.keys({ ...manifest.dependencies, ...onDemand });
    expect(installed.toSorted()).toEqual(SEPARATE.toSorted());
  });
});
