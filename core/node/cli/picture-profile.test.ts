import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeProfile } from './picture-profile.ts';

it('deletes the profile of a process that was killed, and none that is in use', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const abandoned = mkdtempSync(join(tmpdir(), `phasmoscope-picture-${gone}-`));
  mkdirSync(join(abandoned, 'Cache'));
  const inUse = mkdtempSync(join(tmpdir(), `phasmoscope-picture-${process.ppid}-`));
  try {
    const profile = await takeProfile();
    expect(existsSync(profile.path)).toBe(true);
    expect(existsSync(abandoned)).toBe(false);
    expect(existsSync(inUse)).toBe(true);
    await profile.remove();
    expect(existsSync(profile.path)).toBe(false);
  } finally {
    rmSync(inUse, { recursive: true });
  }
});
