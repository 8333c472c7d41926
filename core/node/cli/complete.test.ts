import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { COMMANDS } from './commands.ts';
import { SHELLS } from './complete-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-complete-'));
  const command = join(folder, 'phasmoscope');
  const script = join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(command, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The values that may follow the words, and what the shell is to do with them. */
async function complete(...words: readonly string[]) {
  const { status, stdout } = await runCommandLine(['complete', '--', ...words], folder);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  const values = lines.slice(0, -1).map((line) => line.split('\t')[0]);
  return { values, directive: lines.at(-1) };
}

it('completes each command', async () => {
  const { values } = await complete('');
  for (const { name } of Object.values(COMMANDS).flat()) expect(values).toContain(name);
  expect((await complete('sw')).values).toEqual(['sweep']);
});

it('completes the options of each command', async () => {
  for (const { name } of Object.values(COMMANDS).flat()) {
    const { stdout } = await runCommandLine([name, '--help'], folder);
    const [, help = ''] = stdout.split('\nOptions:');
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    const { values } = await complete(name, '--');
    // --version is an option of the program.
    expect(values).toEqual(options.filter((option) => option !== '--version'));
  }
});

it('completes values that are known', async () => {
  expect((await complete('run', '--faults', 'c')).values).toEqual(['crashes', 'chaos']);
  expect((await complete('sweep', '--faults=c')).values).toEqual(['crashes', 'chaos']);
  expect((await complete('run', 'turn')).values).toEqual(['turnstile']);
  expect((await complete('verify', 'a.jsonl', '--machine', 'turn')).values).toEqual(['turnstile']);
  expect((await complete('export', 'a.jsonl', '--as', '')).values).toEqual(['chrome', 'itf']);
  expect((await complete('complete', '')).values).toEqual(SHELLS);
});

it('leaves files to the shell', async () => {
  const files = { values: [], directive: ':0' };
  expect(await complete('verify', '')).toEqual(files);
  expect(await complete('run', './mach')).toEqual(files);
  expect(await complete('verify', 'a.jsonl', '--machine', './mach')).toEqual(files);
  expect(await complete('export', 'a.jsonl', '--out', '')).toEqual(files);
});

it('takes what is typed for words, whatever they are', async () => {
  expect((await complete('run', '--help')).values).toEqual(['--help']);
  expect((await complete('--ver')).values).toEqual(['--version']);
  expect(await complete('there-is-no-such-command', '--json', '')).toEqual({
    values: [],
    directive: ':0',
  });
});

it('names the shells that it knows', async () => {
  const { status, stderr } = await runCommandLine(['complete', 'tcsh'], folder);
  expect([status, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
});

/** Where the shells find the command. */
const PATH = () => `${folder}${delimiter}${process.env['PATH'] ?? ''}`;

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

it.each(SHELLS)('the script for %s is one that the shell reads', async (shell) => {
  const { stdout } = await runCommandLine(['complete', shell], folder);
  expect(stdout).toContain('phasmoscope complete -- ');
  if (!has(shell)) return;
  const path = join(folder, `script.${shell}`);
  writeFileSync(path, stdout);
  execFileSync(shell, ['-n', path], { stdio: 'pipe' });
});

it.runIf(has('bash'))(
  'completes in bash',
  async () => {
    const { stdout } = await runCommandLine(['complete', 'bash'], folder);
    writeFileSync(join(folder, 'script.bash'), stdout);
    // What bash-completion brings, and bash calls.
    const program = `
    _get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; words=("\${COMP_WORDS[@]}"); }
    source script.bash
    type_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); __phasmoscope_complete; echo "\${COMPREPLY[@]}"; }
    type_line phasmoscope sho
    type_line phasmoscope run --faults ''
    type_line phasmoscope run ./ma
    complete -p phasmoscope`;
    const env = { ...process.env, PATH: PATH() };
    const options = { cwd: folder, encoding: 'utf8', env } as const;
    const printed = execFileSync('bash', ['--norc', '-c', program], { ...options, stdio: 'pipe' });
    expect(printed.trimEnd().split('\n')).toEqual([
      'show',
      'none crashes delivery storage chaos',
      '',
      // Where there is no value of ours, bash completes names of files.
      'complete -o default -F __phasmoscope_complete phasmoscope',
    ]);
  },
  60_000,
);

/** Runs a program of a shell in the folder, which has its script and a machine. */
async function runShell(shell: string, options: readonly string[], program: string) {
  const { stdout } = await runCommandLine(['complete', shell], folder);
  writeFileSync(join(folder, `script.${shell}`), stdout);
  writeFileSync(join(folder, 'machine.ts'), '');
  // What tests set is nothing that a person has.
  const env = { PATH: PATH(), HOME: folder, TERM: 'xterm' };
  const settings = { cwd: folder, encoding: 'utf8', env, stdio: 'pipe', timeout: 40_000 } as const;
  const printed = execFileSync(shell, [...options, '-c', program], settings);
  return printed.trimEnd().split(/\r?\n/);
}

it.runIf(has('fish'))(
  'completes in fish',
  async () => {
    const lines = ['sho', 'run --faults cra', 'run ./mach', 'verify mach', 'run --see'];
    const asked = lines.map((line) => `complete -C 'phasmoscope ${line}'`);
    const program = ['source script.fish', ...asked].join('\n');
    expect(await runShell('fish', ['--no-config'], program)).toEqual([
      expect.stringMatching(/^show\t/),
      'crashes',
      './machine.ts',
      'machine.ts',
      expect.stringMatching(/^--seed\t/),
    ]);
  },
  60_000,
);

it.runIf(has('zsh'))(
  'completes in zsh',
  async () => {
    // A terminal, in which Tab is pressed, and what is on the line then is printed.
    const program = `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "PROMPT=; autoload -Uz compinit && compinit -u -d ./dump; source ./script.zsh; echo RE''ADY"
    until [[ $line == *READY* ]]; do zpty -r z line; done
    type_line() {
      zpty -w -n z "phasmoscope $1"$'\\t\\x01echo "LINE<\\x05>"\\n'
      until [[ $line == *LINE\\<*\\> && $line != *echo* ]]; do
        zpty -r z line
        line=\${line%%[$'\\r\\n']*}
      done
      print -r -- \${\${line#LINE<}%%>*}
      line=
    }
    for words in sho 'run --faults cra' 'run ./mach' 'verify mach' 'run --see'; do type_line $words; done
    zpty -d z`;
    expect(await runShell('zsh', ['-f'], program)).toEqual([
      'phasmoscope show',
      'phasmoscope run --faults crashes',
      'phasmoscope run ./machine.ts',
      'phasmoscope verify machine.ts',
      'phasmoscope run --seed',
    ]);
  },
  60_000,
);
