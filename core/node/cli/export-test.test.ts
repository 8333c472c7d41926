import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { howToRun } from './export-test-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-export-test-'));
  mkdirSync(join(folder, 'configured/findings'), { recursive: true });
  writeFileSync(join(folder, 'configured/vite.config.ts'), '');
  writeFileSync(join(folder, 'configured/vitest.config.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('how an exported test is run', () => {
  it('says where it must lie if a configuration decides that', () => {
    const root = join(folder, 'configured');
    const test = join(root, 'findings/left.test.ts');
    const { command, remarks } = howToRun(test, root);
    expect(command).toBe(`npx vitest run ${test}`);
    expect(remarks).toEqual([
      expect.stringContaining(`"include" in ${join(root, 'vitest.config.ts')}`),
    ]);
    // Vitest takes the configuration above the folder that it is run in.
    expect(howToRun(test, join(root, 'findings')).remarks).toEqual(remarks);
  });

  it('names the root of a test that lies outside of the folder', () => {
    const test = join(folder, 'left.test.ts');
    const { command, remarks } = howToRun(test, join(folder, 'configured'));
    expect([command, remarks]).toEqual([`npx vitest run --root ${folder} ${test}`, []]);
  });

  it('says which names vitest takes for tests', () => {
    const { remarks } = howToRun(join(folder, 'left.ts'), folder);
    expect(remarks).toEqual([expect.stringContaining('left.test.ts')]);
  });
});
