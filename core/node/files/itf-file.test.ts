import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraceFile } from './trace-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-itf-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readTraceFile(path);
}

const COUNTEREXAMPLE = JSON.stringify({
  '#meta': { format: 'ITF', description: 'bank.qnt' },
  vars: ['balance'],
  states: [{ balance: { '#bigint': '0' } }, { balance: { '#bigint': '-5' } }],
});

it.each(['bank.itf.json', 'out.json'])('opens the counterexample %s as a trace', async (name) => {
  const { trace, damage } = await read(name, COUNTEREXAMPLE);
  expect([trace.header.machine, trace.header.scenario, damage]).toEqual([
    name.replace(/(?:\.itf)?\.json/, ''),
    'bank.qnt',
    undefined,
  ]);
  expect(trace.stateAt(0)).toEqual({ balance: -5n });
});

it.each([
  ['tag.itf.json', '{"vars":["x"],"states":[{"x":{"#cube":1}}]}', 'unknown tag "#cube"'],
  ['cut.itf.json', '{\n  "vars": ["x"],\n  "states": [{]\n}', 'cut.itf.json:3:15: '],
  [
    'large.itf.json',
    '{"vars":["x"],\n"states":[{"x":9007199254740993}]}',
    'large.itf.json:2:16: the number 9007199254740993 at states.0.x does not fit a 64-bit float (it would ' +
      'become 9007199254740992): write it as {"#bigint":"9007199254740993"}',
  ],
  [
    'deep.itf.json',
    `{"vars":["x"],"states":[{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}]}`,
    'deep.itf.json cannot be read: deep.itf.json:1:1643: brackets lie more than 1616 levels deep',
  ],
  ['empty.itf.json', '', 'is not valid JSON: empty.itf.json:1:1: the text ends too early'],
  ['other.json', '{"name": "other"}', 'other.json is not a trace.'],
])('says what is wrong with %s', async (name, text, problem) => {
  await expect(read(name, text)).rejects.toThrow(problem);
});
