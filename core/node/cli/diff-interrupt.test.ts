import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { diffCommand } from './diff-command.ts';
import { cancelOnInterrupt, interrupt } from './interrupt.ts';

it('a comparison ends when the command is asked to stop, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-diff-'));
  const record = ['record', 'turnstile', '--operations', '20', '--out', 'run.jsonl'];
  await runCommandLine(record, folder);
  const run = join(folder, 'run.jsonl');
  // What is asked to stop before it has begun does not begin.
  let stop: (() => void) | undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const other = cancelOnInterrupt(stopped, () => stop?.());
  expect(interrupt()).toBe(true);
  await other;
  await expect(diffCommand(run, run, {})).rejects.toThrow('The comparison was stopped');
  rmSync(folder, { recursive: true });
});
