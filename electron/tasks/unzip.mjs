/** @file Takes chosen files out of a zip archive; Node can inflate but cannot read the container. */
import { closeSync, mkdirSync, openSync, readSync, fstatSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

// The layout is that of the zip specification (APPNOTE): an end record points at the central
// directory, whose entries point at local headers, which are followed by the data. All numbers are
// little-endian.
const END_RECORD = { signature: 0x06054b50, bytes: 22, commentBytesMax: 0xffff };
const CENTRAL_ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL_HEADER = { bytes: 30 };
const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;

/**
 * @typedef {object} ZipEntry
 * @property {string} name with `/` between folders, and at the end of a folder
 * @property {number} method
 * @property {number} packedBytes
 * @property {number} headerOffset
 * @property {number} mode Unix permissions
 */

/** @param {number} file @param {number} position @param {number} bytes */
function readAt(file, position, bytes) {
  const buffer = Buffer.alloc(bytes);
  const read = readSync(file, buffer, 0, bytes, position);
  if (read !== bytes) throw new Error(`zip archive is cut short: no ${bytes} bytes at ${position}`);
  return buffer;
}

/** @param {number} file @returns {ZipEntry[]} */
function readDirectory(file) {
  const fileBytes = fstatSync(file).size;
  const tailBytes = Math.min(fileBytes, END_RECORD.bytes + END_RECORD.commentBytesMax);
  const tail = readAt(file, fileBytes - tailBytes, tailBytes);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END_RECORD.signature);
  const end = tail.lastIndexOf(signature);
  if (end < 0) throw new Error('not a zip archive: it has no end record');

  const entryCount = tail.readUInt16LE(end + 10);
  const directory = readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = [];
  for (let offset = 0; entries.length < entryCount;) {
    if (directory.readUInt32LE(offset) !== CENTRAL_ENTRY.signature) {
      throw new Error(`zip archive is damaged: entry ${entries.length} of its directory`);
    }
    const nameBytes = directory.readUInt16LE(offset + 28);
    const nameStart = offset + CENTRAL_ENTRY.bytes;
    entries.push({
      name: directory.toString('utf8', nameStart, nameStart + nameBytes),
      method: directory.readUInt16LE(offset + 10),
      packedBytes: directory.readUInt32LE(offset + 20),
      headerOffset: directory.readUInt32LE(offset + 42),
      mode: (directory.readUInt32LE(offset + 38) >>> 16) & 0o777,
    });
    const extraBytes = directory.readUInt16LE(offset + 30);
    const commentBytes = directory.readUInt16LE(offset + 32);
    offset = nameStart + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/** @param {number} file @param {ZipEntry} entry */
function readEntry(file, entry) {
  const header = readAt(file, entry.headerOffset, LOCAL_HEADER.bytes);
  const nameAndExtraBytes = header.readUInt16LE(26) + header.readUInt16LE(28);
  const dataOffset = entry.headerOffset + LOCAL_HEADER.bytes + nameAndExtraBytes;
  const packed = readAt(file, dataOffset, entry.packedBytes);
  if (entry.method === METHOD_STORED) return packed;
  if (entry.method === METHOD_DEFLATED) return inflateRawSync(packed);
  throw new Error(`zip archive packs ${entry.name} with the unknown method ${entry.method}`);
}

/**
 * Unpacks the files for which `targetOf` gives a path.
 * @param {string} archive
 * @param {string} folder where the files go
 * @param {(name: string) => string | undefined} targetOf a path below `folder`, or undefined to
 *   leave the file out
 */
export function unzip(archive, folder, targetOf) {
  const file = openSync(archive, 'r');
  try {
    for (const entry of readDirectory(file)) {
      const target = entry.name.endsWith('/') ? undefined : targetOf(entry.name);
      if (target === undefined) continue;
      const path = join(folder, target);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, readEntry(file, entry), { mode: entry.mode });
    }
  } finally {
    closeSync(file);
  }
}
