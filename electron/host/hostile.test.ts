import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keysOf } from '../../core/keys-of.ts';
import { HOSTILE_MACHINES } from '../../core/node/test-helpers/hostile-machines.ts';
import { readPage } from '../../core/node/test-helpers/pages.ts';
import { runCommandLine } from '../../core/node/test-helpers/test-command.ts';
import { cutText, showText } from '../../core/text/visible.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import { runInHost, startHost } from './test-host.ts';

/** Set by `npm run hostile`, which prints the table that stands in the page about security. */
const IS_TABLE = process.env['PHASMOSCOPE_HOSTILE_TABLE'] === '1';

const MACHINE = ['machine.ts', '--faults', 'crashes'] as const;
const RECORDED = ['trace.jsonl', '--machine', 'machine.ts'] as const;

/** The commands that run machines, and for how many of the machines each is asked in `npm test`. */
const COMMANDS = {
  run: { every: 1, args: MACHINE },
  record: { every: 10, args: [...MACHINE, '--out', 'trace.jsonl'] },
  // It starts threads.
  sweep: { every: 15, args: [...MACHINE, '--count', '2'] },
  shrink: { every: 15, args: [...MACHINE, '--out', 'shrunk.jsonl'] },
  verify: { every: 10, args: RECORDED },
  explain: { every: 10, args: RECORDED },
} as const satisfies Record<string, { every: number; args: readonly string[] }>;
type Command = keyof typeof COMMANDS;
const COMMAND_NAMES = keysOf(COMMANDS);

const SAID_CHARS_MAX = 100;
/** Stands for the exit code of a command that has nothing to work on. */
const NOT_ASKED = '-';

/** What is said to a machine. */
interface Row {
  readonly name: string;
  /** The exit codes of the commands that were asked. */
  readonly exits: Readonly<Partial<Record<Command, number>>>;
  /** Each text that is said, with those who say it. */
  readonly said: ReadonlyMap<string, readonly string[]>;
}

let folder: string;
let written: ReadonlyMap<string, readonly string[]>;
const rows: Row[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-hostile-'));
  written = rowsOfPage(readPage('security'));
  await startHost();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  if (IS_TABLE) process.stdout.write(`\n\n${formatTable(rows)}\n\n`);
});

/** What the window shows of a run. */
async function askWindow(path: string): Promise<string> {
  const settings = { scenario: 's', seed: '1', operationsMax: 20, faults: 'crashes' };
  const { text, end } = await runInHost(path, settings);
  const found = text === '' ? undefined : findingOf(text);
  return found ?? (end.kind === 'failed' ? end.problem.title : 'nothing');
}

/** The first finding of a trace in one line. */
function findingOf(text: string): string | undefined {
  const builder = new TraceBuilder();
  builder.push(text);
  builder.finish();
  const [first] = builder.trace?.findings ?? [];
  return first && `${first.kind}: ${first.name}: ${first.message}${placeOf(first.source)}`;
}

function placeOf(source: string | undefined): string {
  return source === undefined ? '' : ` (${source})`;
}

/** What a command says in one line: its first finding, or what is wrong. */
function summaryOf({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const [, kind, message = ''] =
    /^ *((?:panic|invariant|rule|settled): .*?)(?: {2}.*)?\n +(.*)$/m.exec(stdout) ?? [];
  if (kind !== undefined) return `${kind}: ${message}`;
  const [, broken] = /^seed \d+: (.*)$/m.exec(stdout) ?? [];
  const [, wrong] = /^error: (.*)$/m.exec(stderr) ?? [];
  return broken ?? wrong ?? 'nothing';
}

/** Asks the window and the commands what they say to a machine. */
async function ask(name: string, source: string, index: number): Promise<Row> {
  const place = join(folder, String(index));
  await mkdir(place);
  await writeFile(join(place, 'machine.ts'), source);
  const exits: Partial<Record<Command, number>> = {};
  const said = new Map<string, string[]>();
  const note = (who: string, text: string) => {
    // Not everybody says the place, and a text of several lines is cut.
    const shown = showText(text.replace(/ \(machine\.ts:[\d:]+\)$/, ''));
    const words = cutText(shown.replace(/\\n.*$/s, ''), SAID_CHARS_MAX);
    said.set(words, [...(said.get(words) ?? []), who]);
  };
  for (const command of COMMAND_NAMES) {
    const { every, args } = COMMANDS[command];
    if (!IS_TABLE && index % every !== 0) continue;
    // A machine that cannot be run leaves no trace file.
    if (args === RECORDED && !existsSync(join(place, 'trace.jsonl'))) continue;
    const answer = await runCommandLine([command, ...args], place);
    check(answer);
    exits[command] = answer.status;
    // It says that all steps agree.
    if (command !== 'verify') note(command, summaryOf(answer));
    else expect(answer.stdout).toContain('agree with the machine');
  }
  expect(LEFT).toEqual(expect.arrayContaining(await readdir(place)));
  const inWindow = await askWindow(join(place, 'machine.ts'));
  expect(inWindow).not.toMatch(/phasm-machine-|\bcore\/|The task could not go on/);
  note('window', inWindow);
  return { name, exits, said };
}

/** Nothing of ours, nothing of the bundle, and nothing that commands a terminal. */
function check({ status, stdout, stderr }: Awaited<ReturnType<typeof runCommandLine>>): void {
  const printed = stdout + stderr;
  expect([0, 1, 2], printed).toContain(status);
  expect(printed).not.toMatch(/phasm-machine-|cli\.mjs|\bcore\/|node_modules|The command failed/);
  expect(printed).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(printed.length).toBeLessThan(100_000);
  expect(printed).not.toContain('outside its steps');
}

/** The files that a machine's commands leave behind: whole ones, under the names that they were given. */
const LEFT = ['machine.ts', 'shrunk.jsonl', 'trace.jsonl'];

const NAME_WIDTH = Math.max(...HOSTILE_MACHINES.map(({ name }) => name.length));
const HEADING = `${'machine'.padEnd(NAME_WIDTH)}  ${COMMAND_NAMES.join('  ')}  what they and the window say`;

function formatTable(all: readonly Row[]): string {
  return [HEADING, ...all.flatMap(linesOf)].join('\n');
}

/** A line for each text that is said; those after the first one begin with who says it. */
function linesOf({ name, exits, said }: Row): readonly string[] {
  const codes = COMMAND_NAMES.map((one) => String(exits[one] ?? NOT_ASKED).padStart(one.length));
  const [[text] = ['nothing'], ...others] = said;
  const more = others.map(
    ([other, who]) => `${' '.repeat(NAME_WIDTH)}  ${who.join(', ')}: ${other}`,
  );
  return [`${name.padEnd(NAME_WIDTH)}  ${codes.join('  ')}  ${text}`, ...more];
}

/** The lines of the page's table by the name of the machine. */
function rowsOfPage(text: string): ReadonlyMap<string, readonly string[]> {
  const [, table = ''] = text.split(`\n${HEADING}\n`);
  const [body = ''] = table.split('\n```');
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of body.split('\n')) {
    const name = line.slice(0, NAME_WIDTH).trim();
    if (name !== '') found.set(name, (lines = []));
    lines.push(line.slice(NAME_WIDTH + 2));
  }
  return found;
}

it.each(HOSTILE_MACHINES.map((machine, index) => ({ ...machine, index })))(
  '$name: the window and every command say what it is',
  async ({ name, source, index }) => {
    const row = await ask(name, source, index);
    rows.push(row);
    if (IS_TABLE) return;
    const lines = written.get(name) ?? [];
    for (const [at, command] of COMMAND_NAMES.entries()) {
      const code = lines[0]?.trim().split(/ +/)[at];
      if (row.exits[command] !== undefined) expect(code).toBe(String(row.exits[command]));
    }
    for (const text of row.said.keys()) expect(lines.join('\n')).toContain(text);
  },
  60_000,
);

it('has sixty machines, which are those of the page', () => {
  expect(HOSTILE_MACHINES).toHaveLength(60);
  if (!IS_TABLE) expect([...written.keys()]).toEqual(HOSTILE_MACHINES.map(({ name }) => name));
});
