import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

/** A folder outside the checkout that depends on this package, as `phasmoscope new` writes it. */
const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-consumer-'));
const folder = join(parent, 'turnstile');

/** As `npm install` does with a dependency on a folder. */
function link(name: string, target: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

beforeAll(async () => {
  const { status, stderr } = await runCommandLine(['new', folder], parent);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  link('phasmoscope', PACKAGE_ROOT);
  for (const name of ['vitest', '@types/node']) {
    link(name, join(PACKAGE_ROOT, 'node_modules', name));
  }
});

afterAll(() => rmSync(parent, { recursive: true }));

/** What the compiler says about a project. */
function compile(project: string): Promise<string> {
  const compiler = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', project, '--pretty', 'false'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

it('what `new` writes compiles with its own tsconfig.json', async () => {
  expect(await compile(join(folder, 'tsconfig.json'))).toBe('');
});

it.each([
  ['esnext', 'bundler'],
  ['nodenext', 'nodenext'],
])('compiles as %s, %s, with strict settings and nothing skipped', async (module, resolution) => {
  const strict = join(folder, resolution);
  mkdirSync(strict);
  cpSync(join(folder, 'machine.ts'), join(strict, 'machine.ts'));
  writeFileSync(
    join(strict, 'use.ts'),
    `import { checkSeeds, reproduce } from 'phasmoscope/testing';
    const machine = new URL('machine.ts', import.meta.url);
    const causes = await checkSeeds({ machine, faults: 'chaos', seeds: 5 });
    const findings = await reproduce({ machine, faults: 'none', operations: [] });
    export const names: readonly string[] = [...causes, ...findings].map(({ name }) => name);`,
  );
  const compilerOptions = {
    target: 'es2022',
    module,
    moduleResolution: resolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  };
  writeFileSync(join(strict, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  expect(await compile(join(strict, 'tsconfig.json'))).toBe('');
});

it('its types are known: a mistake is an error', async () => {
  writeFileSync(
    join(folder, 'mistake.ts'),
    `import { machine } from './machine.ts';\nmachine.nowhere;\n`,
  );
  expect(await compile(join(folder, 'tsconfig.json'))).toContain('mistake.ts(2,9): error TS2339');
  rmSync(join(folder, 'mistake.ts'));
});

it('the page for agents leads from a finding to its test, as it is printed', async () => {
  const machine = join(folder, 'machine.ts');
  const sound = readFileSync(machine, 'utf8');
  // A result that comes twice is counted as a second coin.
  const broken = sound
    .replace(/ {6}if \(!state\.current\.unlocking\.includes.*\n/, '')
    .replace('open = input.result', 'coins += 1;\n        draft.open = input.result');
  writeFileSync(machine, broken);
  const page = readFileSync(join(folder, 'AGENTS.md'), 'utf8');
  const lines = [...page.matchAll(/^npx phasmoscope (.*?)(?: +#.*)?$/gm)].map(
    ([, line = '']) => line,
  );
  const statuses: Record<string, number> = {};
  for (const line of lines) {
    const filled = line.replace('SEED', '0').replace('"NAME"', 'coins-are-counted');
    const words = filled
      .split(' ')
      .map((word) => word.replace('coins-are-counted', 'coins are counted'));
    const { status, stderr } = await runCommandLine(words, folder);
    expect(status, `${line}\n${stderr}`).toBeLessThan(2);
    statuses[words[0] ?? ''] = status;
  }
  expect(statuses).toEqual({
    check: 0,
    sweep: 1,
    shrink: 1,
    explain: 1,
    why: 0,
    show: 0,
    'export-test': 0,
  });
  expect(readFileSync(join(folder, 'finding.test.ts'), 'utf8')).toContain('coins are counted');
  writeFileSync(machine, sound);
  rmSync(join(folder, 'finding.test.ts'));
});
