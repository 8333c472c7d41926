import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOSTILE_MACHINES } from '../../core/node/test-helpers/hostile-machines.ts';
import { runCommandLine } from '../../core/node/test-helpers/test-command.ts';
import { cutText, showText } from '../../core/text/visible.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import { runInHost, startHost } from './test-host.ts';

/** Set by `npm run hostile`, which prints what each command says to each machine. */
const IS_TABLE = process.env['PHASMOSCOPE_HOSTILE_TABLE'] === '1';
/**
 * Outside of the table, every machine is run by the command line and in the host; recording does much
 * the same as running, and a sweep starts threads: one machine in a number is recorded and swept.
 */
const RECORDED_EVERY = IS_TABLE ? 1 : 10;
const SWEPT_EVERY = IS_TABLE ? 1 : 15;
const CELL_CHARS = 110;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-hostile-'));
  await startHost();
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

/** What the window shows of a run. */
async function askHost(path: string): Promise<string> {
  const settings = { scenario: 's', seed: '1', operationsMax: 20, faults: 'crashes' };
  const { text, end } = await runInHost(path, settings);
  return [summaryOfTrace(text), end.kind === 'failed' ? end.problem.title : '']
    .filter((part) => part !== '')
    .join('; ');
}

/** How many steps a trace has, and its first finding. */
function summaryOfTrace(text: string): string {
  if (text === '') return '';
  const builder = new TraceBuilder();
  builder.push(text);
  builder.finish();
  const { length = 0, findings = [] } = builder.trace ?? {};
  const [first] = findings;
  return `${length} steps${first ? `, ${first.kind}: ${first.name}: ${first.message}` : ''}`;
}

/** What a command says in one line: its first finding, and what is wrong. */
function summaryOf({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const lines = stdout.split('\n');
  const at = lines.findIndex((line) => /^ {2}(?:panic|invariant|rule|settled): /.test(line));
  const found = at === -1 ? [] : [lines[at]?.trim() ?? '', lines[at + 1]?.trim() ?? ''];
  const broken = /^seed \d.*$/m.exec(stdout) ?? [];
  const wrong = /^error: .*$/m.exec(stderr) ?? [];
  return [...found, ...broken, ...wrong].join(' ') || 'no findings';
}

it.each(HOSTILE_MACHINES.map(({ name, source }, index) => ({ name, source, index })))(
  '$name: every command says what it is',
  async ({ name, source, index }) => {
    const path = join(folder, `hostile-${index}.ts`);
    await writeFile(path, source);
    const commands = {
      run: ['run', path, '--faults', 'crashes'],
      ...(index % RECORDED_EVERY === 0
        ? { record: ['record', path, '--faults', 'crashes', '--out', `${path}.jsonl`] }
        : {}),
      ...(index % SWEPT_EVERY === 0
        ? { sweep: ['sweep', path, '--count', '2', '--faults', 'crashes'] }
        : {}),
    };
    const rows: string[] = [];
    for (const [command, args] of Object.entries(commands)) {
      const answer = await runCommandLine(args, folder);
      const printed = answer.stdout + answer.stderr;
      expect([0, 1, 2], printed).toContain(answer.status);
      // Nothing of ours, nothing of the bundle, and nothing that commands a terminal.
      expect(printed).not.toMatch(
        /phasm-machine-|cli\.mjs|\bcore\/|node_modules|The command failed/,
      );
      expect(printed).not.toMatch(/(?!\n)\p{Cc}/u);
      expect(printed.length).toBeLessThan(100_000);
      expect(printed).not.toContain('outside its steps');
      rows.push(
        `  ${command.padEnd(7)} ${answer.status}  ${cutText(summaryOf(answer), CELL_CHARS)}`,
      );
    }
    const inWindow = await askHost(path);
    expect(inWindow).not.toMatch(/phasm-machine-|\bcore\/|The task could not go on/);
    rows.push(`  window     ${cutText(showText(inWindow), CELL_CHARS)}`);
    if (IS_TABLE) process.stdout.write(`${name}\n${rows.join('\n')}\n`);
  },
  60_000,
);

it('has sixty machines', () => {
  expect(HOSTILE_MACHINES).toHaveLength(60);
});
