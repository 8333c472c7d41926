import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { problemOf, runCommandLine } from '../test-helpers/test-command.ts';
import { shrinkCommand, type ShrinkCommandOptions } from './shrink-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cli-shrink-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (args: string) => runCommandLine(args.split(' '), folder);

it.each<[string, Partial<ShrinkCommandOptions>, string]>([
  ['dentist-booking-hardened', {}, 'Seed 12345 has no finding'],
  ['dentist-booking', { finding: 'rain', faults: 'chaos' }, 'has no finding "rain"'],
  ['nowhere.jsonl', {}, 'The file nowhere.jsonl does not exist'],
  ['README.md', {}, 'README.md is not a trace'],
])('refuses %s %o', async (target, options, title) => {
  const out = join(folder, 'none.jsonl');
  const command = shrinkCommand(target, { operations: 20, out, ...options });
  expect(await problemOf(command)).toContain(title);
  expect(existsSync(out)).toBe(false);
});

it('says before it begins that its trace has no place', async () => {
  const command = shrinkCommand('dentist-booking', { out: join(folder, 'nowhere/left.jsonl') });
  expect(await problemOf(command)).toContain('left.jsonl cannot be written');
});

describe.concurrent('shrink', () => {
  it('goes another way to the finding without a fault', async ({ expect: check }) => {
    const seed = ['dentist-booking', '--faults', 'chaos', '--operations', '500', '--seed', '0'];
    const finding = ['--finding', 'tracked actions are restorable'];
    const how = ['--without', 'duplicated', '--out', 'other.jsonl', '--json'];
    const { stdout } = await runCommandLine(['shrink', ...seed, ...finding, ...how], folder);
    const { operations } = JSON.parse(stdout) as { operations: { operation: string }[] };
    check(operations.map(({ operation }) => operation)).toEqual([
      'input RequestSlot',
      'input RequestSlot',
      'completion Success',
      'completion Success',
    ]);
    const refused = await phasmoscope('shrink dentist-booking --without no --out x.jsonl');
    check([refused.status, refused.stderr]).toEqual([2, check.stringContaining('The faults are')]);
  });

  it('writes what is left, from a seed or from a trace', async ({ expect: check }) => {
    const seed = '--seed 0 --operations 200 --faults chaos';
    const fromSeed = await phasmoscope(`shrink dentist-booking ${seed} --out seed.jsonl --json`);
    check(fromSeed.status).toBe(1);
    const document = JSON.parse(fromSeed.stdout);
    check(document).toMatchObject({ machine: 'dentist-booking', seed: '0', out: 'seed.jsonl' });
    check(document.stepIndices).toHaveLength(document.steps);
    await phasmoscope(`record dentist-booking ${seed} --out whole.jsonl`);
    const fromTrace = await phasmoscope('shrink whole.jsonl --out trace.jsonl --json');
    check(JSON.parse(fromTrace.stdout).stepIndices).toEqual(document.stepIndices);

    const exported = await phasmoscope('export-test trace.jsonl --out left.test.ts');
    check(exported.stdout).toContain(`npx vitest run ${join(folder, 'left.test.ts')}\n`);
    check(exported.stdout).toContain(`not installed: npm install -D vitest ${PACKAGE_ROOT}\n`);
    // Here both are there.
    mkdirSync(join(PACKAGE_ROOT, '.cache'), { recursive: true });
    const own = join(PACKAGE_ROOT, '.cache', 'left.test.ts');
    const inCheckout = await phasmoscope(`export-test trace.jsonl --out ${own}`);
    rmSync(own);
    check(inCheckout.stdout).not.toContain('npm install');
  });
});
