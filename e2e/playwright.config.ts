import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.ts',
  outputDir: '../test-results',
  preserveOutput: 'failures-only',
  // Electron keeps two cores busy by itself: on such a machine a second worker shortens eight tests
  // from 17 s to 16 s, but doubles the time of each, and with it the risk of a timeout.
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
});
