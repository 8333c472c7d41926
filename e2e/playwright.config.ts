import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: process.env['PHASMOSCOPE_PICTURES'] ? '**/*.pictures.ts' : '**/*.test.ts',
  outputDir: '../test-results',
  preserveOutput: 'failures-only',
  fullyParallel: true,
  // One Electron keeps a core and a half busy while it starts: more of them at once make each other wait
  // longer than a person would.
  workers: 2,
  // A machine of a CI service may stand still for seconds. What fails there is tried once more, and is
  // listed as flaky if it passes then.
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
});
