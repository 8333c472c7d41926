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
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
});
