import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-itf-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const counterexample = JSON.stringify({ vars: ['n'], states: [{ n: 0 }, { n: 1 }] });

it.each(['verify', 'export-test', 'shrink'])(
  '%s asks for a machine, although the counterexample has the name of a sample',
  async (command) => {
    writeFileSync(join(folder, 'counter.itf.json'), counterexample);
    const out = command === 'verify' ? [] : ['--out', 'out.txt'];
    const found = command === 'export-test' ? ['--finding', 'any'] : [];
    const { status, stderr } = await phasmoscope(command, 'counter.itf.json', ...out, ...found);
    expect(status).toBe(2);
    if (command !== 'export-test') {
      expect(stderr).toContain('no machine of yours executed it');
      expect(stderr).toContain('--machine PATH');
    }
  },
);

it('reads a compressed counterexample', async () => {
  writeFileSync(join(folder, 'packed.itf.json.gz'), gzipSync(counterexample));
  const { status, stdout } = await phasmoscope('import', 'packed.itf.json.gz', '--out', 'p.jsonl');
  expect([status, stdout]).toEqual([0, expect.stringContaining('1 step written')]);
  const { machine } = JSON.parse(
    readFileSync(join(folder, 'p.jsonl'), 'utf8').split('\n')[0] ?? '',
  );
  expect(machine).toBe('packed');
});

it.each([
  ['nothing else', {}],
  ['parameters', { params: ['N'], loop: 0 }],
  ['comments of its own', { comment: { by: 'hand' }, '#meta': { format: 'ITF' } }],
])('overwrites the export of a document with %s', async (_, parts) => {
  const document = { ...parts, ...(JSON.parse(counterexample) as object) };
  writeFileSync(join(folder, 'again.itf.json'), JSON.stringify(document));
  await phasmoscope('import', 'again.itf.json', '--out', 'again.jsonl');
  const args = ['export', 'again.jsonl', '--as', 'itf', '--out', 'out.itf.json'];
  const answers = [await phasmoscope(...args), await phasmoscope(...args)];
  expect(answers.map(({ status, stderr }) => [status, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'out.itf.json'), 'utf8'))).toEqual(document);
  rmSync(join(folder, 'out.itf.json'));
});

it('refuses a key that is there twice, since one of the values would be lost', async () => {
  writeFileSync(
    join(folder, 'twice.itf.json'),
    '{"vars":["r"],\n"states":[{"r":{"x":1,"y":[{"x":2}],"\\u0078":3}}]}',
  );
  const { status, stderr } = await phasmoscope('import', 'twice.itf.json', '--out', 't.jsonl');
  expect(status).toBe(2);
  expect(stderr).toContain('twice.itf.json:2:');
  expect(stderr).toContain('is there twice in one object');
});

it.each([
  ['import', 'packed.itf.json.gz'],
  ['record', 'counter'],
])('%s does not take - for a file to write', async (command, what) => {
  const { status, stderr } = await phasmoscope(command, what, '--out', '-');
  expect([status, stderr]).toEqual([2, expect.stringContaining('- is not a file')]);
});

it('restores a whole trace that has checkpoints', async () => {
  const settings = ['--operations', '400', '--faults', 'chaos', '--seed', '3'];
  await phasmoscope('record', 'dentist-booking', ...settings, '--out', 'long.jsonl');
  await phasmoscope('export', 'long.jsonl', '--as', 'itf', '--out', 'long.itf.json');
  await phasmoscope('import', 'long.itf.json', '--out', 'again.jsonl');
  const [long, again] = ['long.jsonl', 'again.jsonl'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  expect(long).toContain('"checkpoint":');
  expect(again).toBe(long);
}, 60_000);

it('says that an exported run was changed, and imports its states', async () => {
  await phasmoscope('record', 'turnstile', '--operations', '20', '--out', 'run.jsonl');
  await phasmoscope('export', 'run.jsonl', '--as', 'itf', '--out', 'run.itf.json');
  const document = JSON.parse(readFileSync(join(folder, 'run.itf.json'), 'utf8'));
  document.states[5].coins = { '#bigint': '777' };
  writeFileSync(join(folder, 'changed.itf.json'), JSON.stringify(document));
  const { status, stdout } = await phasmoscope(
    'import',
    'changed.itf.json',
    '--out',
    'changed.jsonl',
  );
  expect(status).toBe(1);
  expect(stdout).toContain('changed.itf.json was changed after its export');
  expect(stdout).toContain('state 5 is not the one after its step');
});
