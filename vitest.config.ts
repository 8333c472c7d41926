import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^phasmoscope$/, replacement: source('core/index.ts') },
      { find: /^phasmoscope\/testing$/, replacement: source('core/node/testing.ts') },
    ],
  },
  test: {
    environment: 'node',
    globalSetup: source('electron/tasks/unit-setup.mjs'),
    // What is printed is compared as text: CI services ask for colours, which would be in its way.
    env: { NO_COLOR: '1' },
    // Only what hangs fails: how long a test takes says more about the machine than about the code.
    testTimeout: 60_000,
    // Many tests wait for processes that they start: a core for vitest itself would stand idle.
    maxWorkers: '100%',
    include: ['*.test.ts', '{core,electron,renderer,samples}/**/*.test.{ts,tsx}'],
  },
});
