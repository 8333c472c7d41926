import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** What these tests change or keep is the process's, or a module's: each file has its own. */
const ALONE = [
  ...['core/node/hang/**', 'core/node/load/**', 'electron/**', 'renderer/session/**'].map(
    (folder) => `${folder}/*.test.{ts,tsx}`,
  ),
  // They have limits of their own.
  'core/*/limits.test.ts',
  // It counts the pauses of a module that others have loaded.
  'core/node/files/write-file.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^phasmoscope$/, replacement: source('core/index.ts') },
      { find: /^phasmoscope\/testing$/, replacement: source('core/node/testing.ts') },
    ],
  },
  test: {
    environment: 'node',
    globalSetup: source('electron/scripts/unit-setup.mjs'),
    // What is printed is compared as text: CI services ask for colours, which would be in its way.
    env: { NO_COLOR: '1' },
    // Only what hangs fails: how long a test takes says more about the machine than about the code.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Many tests wait for processes that they start: a core for vitest itself would stand idle.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          // Modules are loaded once for many files, which takes as long as most of the tests.
          isolate: false,
          include: ['*.test.ts', '{core,renderer,samples}/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...ALONE],
        },
      },
    ],
  },
});
