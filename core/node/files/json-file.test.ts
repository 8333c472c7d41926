import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DOCUMENT_BYTES_MAX, DOCUMENT_VALUES_MAX } from '../../limits.ts';
import { readJsonFile } from './json-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-json-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, bytes: string | Buffer): Promise<unknown> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return readJsonFile(path, 'a list');
}

it.each(['plain.json', 'packed.json'])('reads %s, compressed or not, with a mark', async (name) => {
  const text = Buffer.from('\uFEFF[1, "ж"]');
  const bytes = name.startsWith('packed') ? gzipSync(text) : text;
  expect(await read(name, bytes)).toEqual([1, 'ж']);
});

it('refuses a small file that unpacks to more than is read at once', async () => {
  const packed = gzipSync(Buffer.alloc(DOCUMENT_BYTES_MAX + 1, ' '), { level: 1 });
  await expect(read('blank.json.gz', packed)).rejects.toThrow(
    'could not be read: it has more than 256 MB, which is the limit here',
  );
});

it('refuses more values than fit into the memory, before they are made', async () => {
  const packed = gzipSync(`[${'1,'.repeat(DOCUMENT_VALUES_MAX)}1]`, { level: 1 });
  await expect(read('values.json.gz', packed)).rejects.toThrow(
    `cannot be read: values.json.gz:1:${2 * DOCUMENT_VALUES_MAX + 1}: a document has at most 10 000 000 values here`,
  );
});

it('names the line that is not UTF-8', async () => {
  await expect(read('wrong.json', Buffer.from([0x5b, 0x0a, 0xff, 0x5d]))).rejects.toThrow(
    'line 2 is not encoded in UTF-8',
  );
});
