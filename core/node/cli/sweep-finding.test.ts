import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

/** Breaks one invariant in every seed, and another one in seeds that draw a large number. */
const machineOf = (large: number) => `import { ok } from 'phasmoscope';
export const machine = {
  name: 'sums', description: '', initialState: () => ({ sum: 0 }),
  stf(state, input) {
    state.update((draft) => { draft.sum += input.input; });
    return ok();
  },
  restore: () => ok(),
  invariants: {
    'never more than one': (state) => state.sum <= 1,
    'no large number': (state) => state.sum < ${large},
  },
};
export const scenarios = [{
  name: 'numbers', description: '', defaults: { seed: '1', operations: 6 },
  start: (random) => ({
    next: () => ({ kind: 'normal', input: random.genRange('u32', 1, 40) }),
    observe() {}, tallies: () => ({}),
  }),
}];
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-sought-'));
  writeFileSync(join(folder, 'sums.ts'), machineOf(150));
  writeFileSync(join(folder, 'mended.ts'), machineOf(100_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sweep = (...args: readonly string[]) =>
  runCommandLine(['sweep', ...args, '--workers', '1', '--no-explain'], folder);

it('a sweep asks about one finding: others are named, and do not count', async () => {
  const asked = ['--finding', 'no large number', '--count', '20'];
  const found = await sweep('sums.ts', ...asked);
  expect(found.status).toBe(1);
  expect(found.stdout).toMatch(/1 cause found.*:\n +invariant: no large number/);
  const mended = await sweep('mended.ts', ...asked);
  expect([mended.status, mended.stderr]).toEqual([0, '']);
  expect(mended.stdout).toContain('No findings with "no large number".');
  expect(mended.stdout).toContain('fewer than 1 in 7 seeds fail with "no large number".');
  expect(mended.stdout).toMatch(
    /Not asked about, and not counted: 1 other finding\.\n +invariant: never more than one .*in 20 of 20 seeds/,
  );
});

it('a sweep about one finding ends at the first seed with that', async () => {
  const args = ['--finding', 'no large number', '--until-failure', '--count', '200', '--json'];
  const { groups, others, endedAtFailure } = JSON.parse(
    (await sweep('sums.ts', ...args)).stdout,
  ) as {
    groups: readonly { readonly name: string }[];
    others: readonly { readonly name: string }[];
    endedAtFailure?: boolean;
  };
  expect(groups.map(({ name }) => name)).toEqual(['no large number']);
  expect(others.map(({ name }) => name)).toEqual(['never more than one']);
  expect(endedAtFailure).toBe(true);
  const mended = await sweep('mended.ts', ...args);
  expect([mended.status, JSON.parse(mended.stdout)]).toMatchObject([0, { seeds: 200 }]);
});

it('a sweep refuses the name of nothing that could be found', async () => {
  const { status, stderr } = await sweep('mended.ts', '--finding', 'no large nubmer');
  expect(status).toBe(2);
  expect(stderr).toContain('no invariant, rule or settled property "no large nubmer"');
  expect(stderr).toContain('Did you mean "no large number"?');
  // An error may be of any class.
  expect((await sweep('mended.ts', '--finding', 'TypeError')).status).toBe(0);
});

it('reports about one finding add up, and tell others apart in JUnit', async () => {
  const asked = ['--finding', 'no large number', '--count', '20'];
  for (const shard of ['1', '2']) {
    await sweep('mended.ts', ...asked, '--shard', `${shard}/2`, '--report', `${shard}.json`);
  }
  const merged = await runCommandLine(
    ['merge', '1.json', '2.json', '--junit', 'junit.xml'],
    folder,
  );
  expect(merged.status).toBe(0);
  expect(merged.stdout).toMatch(/never more than one .*in 20 of 20 seeds/);
  const xml = readFileSync(join(folder, 'junit.xml'), 'utf8');
  expect(xml).toContain('not asked about: found in 20 seeds');
  expect(xml).not.toContain('<failure');
  await sweep('mended.ts', '--count', '20', '--shard', '2/2', '--report', 'all.json');
  const apart = await runCommandLine(['merge', '1.json', 'all.json'], folder);
  expect(apart.stderr).toContain('finding asked about');
});
