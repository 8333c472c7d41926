import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;
let environment: Readonly<Record<string, string>>;

/** Fails at once, with the words of an attacker: a command for GitHub, and a cell of a table. */
const MACHINE = `import { ok } from 'phasmoscope';
export const machine = {
  name: 'loud', description: '', initialState: () => ({ n: 0 }),
  stf() {
    console.log('::stop-commands::x');
    throw new Error('100 %\\n::add-mask::secret | cell');
  },
  restore: () => ok(), invariants: {},
};
export const scenarios = [{
  name: 'two, or "more"', description: '', defaults: { seed: '1', operations: 3 },
  start: () => ({ next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}) }),
}];
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-github-'));
  mkdirSync(join(folder, 'machines'));
  writeFileSync(join(folder, 'machines/loud.ts'), MACHINE);
  environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: folder,
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
  };
});

afterAll(() => rmSync(folder, { recursive: true }));

const sweep = (...args: readonly string[]) =>
  runCommandLine(
    ['sweep', 'machines/loud.ts', '--count', '2', '--workers', '1', ...args],
    folder,
    environment,
  );

describe('in GitHub Actions, a sweep', () => {
  it('shows each cause at its line, with the command that records it again', async () => {
    const { status, stderr } = await sweep();
    expect(status).toBe(1);
    const commands = stderr.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(1);
    const [, properties = '', data = ''] = /^::error (.*?)::(.*)$/.exec(commands[0] ?? '') ?? [];
    expect(properties).toMatch(/^file=machines\/loud\.ts,line=6,col=\d+,title=panic%3A Error$/);
    expect(data).toMatch(
      /^100 %25%0A::add-mask::secret \| cell%0AIn 2 seeds, such as 0, at step 0/,
    );
    expect(data).toContain(
      `npx phasmoscope shrink machines/loud.ts --scenario 'two, or "more"' --faults none`,
    );
  });

  it('obeys nothing that a machine prints', async () => {
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await sweep(...args);
      const lines = (stdout + stderr).split('\n').filter((line) => /^\s*::|##\[/.test(line));
      expect(lines.map((line) => line.slice(0, 8))).toEqual(['::error ']);
    }
  });

  it('adds a summary of the step, as Markdown', async () => {
    rmSync(join(folder, 'summary.md'));
    await sweep('--report', 'report.json');
    await runCommandLine(['merge', 'report.json'], folder, environment);
    const summaries = readFileSync(join(folder, 'summary.md'), 'utf8').split('### ').slice(1);
    expect(summaries).toHaveLength(2);
    for (const summary of summaries) {
      expect(summary).toMatch(/^loud: 1 cause in 2 seeds\n/);
      const [row = ''] = summary.split('\n').filter((line) => line.startsWith('| **'));
      // The bar in the message does not begin another cell.
      expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
      expect(summary).toMatch(/```sh\nnpx phasmoscope record machines\/loud\.ts .*\n```/);
    }
  });
});

it('in GitHub Actions, JSON of the same meaning has no command of others', async () => {
  const args = ['run', 'machines/loud.ts', '--json'];
  writeFileSync(join(folder, '##[add-mask].json'), '[');
  const inputs = [...args, '--inputs', '##[add-mask].json'];
  const inActions = await runCommandLine(inputs, folder, environment);
  expect(inActions.stdout).not.toContain('##[');
  const elsewhere = await runCommandLine(inputs, folder, { GITHUB_ACTIONS: '' });
  expect(elsewhere.stdout).toContain('##[');
  expect(JSON.parse(inActions.stdout)).toEqual(JSON.parse(elsewhere.stdout));
});

it('elsewhere shows nothing of that', async () => {
  const { stderr } = await runCommandLine(
    ['sweep', 'machines/loud.ts', '--count', '2', '--workers', '1'],
    folder,
    { GITHUB_ACTIONS: '' },
  );
  expect(stderr).not.toContain('::error');
});

it('the command of a report records the example again', async () => {
  rmSync(join(folder, 'summary.md'), { force: true });
  await sweep('--junit', 'junit.xml');
  const command = 'npx phasmoscope record machines/loud.ts --scenario ';
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain(`record it again: ${command}`);
  const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
  const line = /npx phasmoscope (record .*)/.exec(summary)?.[1] ?? '';
  const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
  const { status, stdout } = await runCommandLine(args as string[], folder);
  expect([status, stdout]).toEqual([1, expect.stringContaining('seed-0.jsonl')]);
});
