import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unzip } from './unzip.mjs';

interface Entry {
  name: string;
  text: string;
  isDeflated: boolean;
  mode: number;
}

/** Writes a buffer of numbers: each is a value and its size in bytes. */
function record(...fields: (readonly [value: number, bytes: 2 | 4])[]) {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

/** A zip archive as another program would write it, checksums left out. */
function zip(entries: readonly Entry[]) {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { name, text, isDeflated, mode } of entries) {
    const offset = Buffer.concat(files).length;
    const data = isDeflated ? deflateRawSync(text) : Buffer.from(text);
    // Version, flags, method, time, date, checksum, both sizes, length of the name, of the extra.
    const common = record(
      ...([20, 0, isDeflated ? 8 : 0, 0, 0] as const).map((value) => [value, 2] as const),
      ...([0, data.length, text.length] as const).map((value) => [value, 4] as const),
      [name.length, 2],
      [0, 2],
    );
    files.push(record([0x04034b50, 4]), common, Buffer.from(name), data);
    directory.push(
      record([0x02014b50, 4], [(3 << 8) | 20, 2]),
      common,
      record([0, 2], [0, 2], [0, 2], [mode * 0x10000, 4], [offset, 4]),
      Buffer.from(name),
    );
  }
  const start = Buffer.concat(files).length;
  const size = Buffer.concat(directory).length;
  const count = entries.length;
  const end = record(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [start, 4],
  );
  return Buffer.concat([...files, ...directory, end, record([0, 2])]);
}

describe('unzip', () => {
  let folder: string;
  let archive: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'phasmoscope-unzip-'));
    archive = join(folder, 'archive.zip');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('unpacks chosen files under chosen names, with their permissions', async () => {
    writeFileSync(
      archive,
      zip([
        { name: 'App/', text: '', isDeflated: false, mode: 0o755 },
        { name: 'App/run', text: 'run '.repeat(100), isDeflated: true, mode: 0o755 },
        { name: 'App/data/a.txt', text: 'stored', isDeflated: false, mode: 0o644 },
        { name: 'App/left-out', text: 'no', isDeflated: false, mode: 0o644 },
      ]),
    );
    const out = join(folder, 'out');
    await unzip(archive, out, (name) =>
      name === 'App/left-out' ? undefined : name.replace('App/', '').replace('run', 'start'),
    );
    expect(readdirSync(out).toSorted()).toEqual(['data', 'start']);
    expect(readFileSync(join(out, 'start'), 'utf8')).toBe('run '.repeat(100));
    expect(readFileSync(join(out, 'data/a.txt'), 'utf8')).toBe('stored');
    expect(statSync(join(out, 'start')).mode & 0o100).toBe(0o100);
  });

  it('refuses a file that is not a zip archive', async () => {
    writeFileSync(archive, 'not an archive, but long enough to hold one');
    await expect(unzip(archive, folder, (name) => name)).rejects.toThrow(
      'End of central directory record',
    );
  });

  it('refuses an archive that was cut short', async () => {
    const whole = zip([{ name: 'a', text: 'a'.repeat(1000), isDeflated: false, mode: 0o644 }]);
    writeFileSync(archive, whole.subarray(500));
    await expect(unzip(archive, folder, (name) => name)).rejects.toThrow();
  });

  it('refuses a name that leads out of the folder', async () => {
    writeFileSync(archive, zip([{ name: '../a', text: 'a', isDeflated: false, mode: 0o644 }]));
    await expect(unzip(archive, folder, (name) => name)).rejects.toThrow('invalid relative path');
  });
});
