import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { holdsTrace, kindOfFile, openedAs } from './file-kind.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-kind-'));

afterAll(() => rmSync(folder, { recursive: true }));

const TRACE = `{"phasmoscope-trace":3,"machine":"m"}\n${'{"step":0}\n'.repeat(1000)}`;

it.each([
  ['machine.ts', 'anything', 'machine'],
  ['machine.mjs', '{"phasmoscope-trace":3}', 'machine'],
  ['run.jsonl', TRACE, 'trace'],
  ['no-name', TRACE, 'trace'],
  ['renamed.json', TRACE, 'trace'],
  ['packed.jsonl.gz', gzipSync(TRACE), 'trace'],
  ['packed', gzipSync(TRACE), 'trace'],
  ['cut.jsonl.gz', gzipSync(TRACE).subarray(0, 12), 'trace'],
  ['damaged.jsonl', 'x', 'trace'],
  ['bank.itf.json', '{', 'itf'],
  ['counterexample.json', '\uFEFF\n{ "#meta": {}, "vars": [] }', 'itf'],
  ['counterexample.txt', '{"states":[]}', 'itf'],
  ['visit.json', '\n ["coin"]', 'inputs'],
  ['visit.txt', '["coin"]', 'inputs'],
  ['package.json', '{"name":"x"}', 'other'],
  ['picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'other'],
  ['packed.tar.gz', gzipSync('other'), 'other'],
  ['empty', '', 'other'],
])('%s is of the right kind', (name, content, kind) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  expect(kindOfFile(path)).toBe(kind);
});

it('a file that cannot be read counts as a trace, unless its name says otherwise', () => {
  expect(kindOfFile(join(folder, 'nowhere'))).toBe('trace');
  expect(kindOfFile(folder)).toBe('trace');
  expect(kindOfFile(join(folder, 'nowhere.ts'))).toBe('machine');
});

it('a counterexample is opened as a trace, and is not taken for one that may be overwritten', () => {
  const path = join(folder, 'lasso.itf.json');
  writeFileSync(path, '{"#meta":{}}');
  expect([openedAs(path), holdsTrace(path)]).toEqual(['trace', false]);
  const damaged = join(folder, 'notes.jsonl');
  writeFileSync(damaged, 'my notes');
  expect([openedAs(damaged), holdsTrace(damaged)]).toEqual(['trace', false]);
});
