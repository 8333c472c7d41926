import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { z } from 'zod';
import { QUICK_NAMES_CHARS } from '../../limits.ts';
import { parseLine } from '../../trace/format/format.ts';
import { packDelta, TraceIndex, unpackDelta } from '../../trace/trace-index.ts';
import { Trace } from '../../trace/trace.ts';
import { UserCache } from '../user-cache.ts';
import { FileLines, type LinePlaces } from './file-lines.ts';
import { MemberBytes, PlainBytes, type MemberPlaces, type TextBytes } from './text-bytes.ts';
import type { TraceDamage } from './trace-follower.ts';

/**
 * @file Indexes of trace files, so that one that was read before opens at once. They lie in the user's
 * cache, never beside a file that somebody may have sent, and are made anew when the file was changed.
 */

/** Of all indexes together. */
const CACHE_BYTES_MAX = 512 * 1024 * 1024;
const cache = () => new UserCache('index', CACHE_BYTES_MAX);
/** A smaller file is read in no time, and needs no index. */
const FILE_BYTES_MIN = 32 * 1024;
/** The bytes at both ends of a file that distinguish it from another one of the same length and time. */
const SAMPLE_BYTES = 4_096;

/** What distinguishes a file from what it was or will be. */
export interface FileIdentity {
  readonly path: string;
  readonly mark: string;
}

const placesSchema = z.object({
  identity: z.string(),
  header: z.object({ from: z.number(), to: z.number() }),
  steps: z.number(),
  end: z.number(),
  /** How many numbers and bytes follow: starts of blocks, members, glances. */
  starts: z.number(),
  members: z.number(),
  glances: z.number(),
  textBytes: z.number(),
  fileBytes: z.number(),
  isThorough: z.boolean(),
  damage: z.object({ message: z.string(), line: z.number().exactOptional() }).exactOptional(),
});

/** Changes whenever an index of an earlier version cannot be used any more. */
const INDEX_VERSION = 3;

/** The identity of a file; `undefined` for one that is too small for an index. */
export function identityOf(path: string): FileIdentity | undefined {
  try {
    const real = realpathSync(path);
    const { size, mtimeNs, ino } = statSync(real, { bigint: true });
    if (size < FILE_BYTES_MIN) return undefined;
    const samples = samplesOf(real, Number(size));
    const mark = [INDEX_VERSION, size, mtimeNs, ino, samples].join(' ');
    return { path: real, mark };
  } catch {
    return undefined;
  }
}

function samplesOf(path: string, size: number): string {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(SAMPLE_BYTES);
    for (const from of [0, Math.max(0, size - SAMPLE_BYTES)]) {
      hash.update(buffer.subarray(0, readSync(file, buffer, 0, SAMPLE_BYTES, from)));
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

function nameOf({ path }: FileIdentity): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

/** What an index gives back. */
export interface IndexedTrace {
  readonly bytes: TextBytes;
  readonly trace: Trace;
  readonly damage: TraceDamage | undefined;
}

/** What is known of a file that was read or written to its end. */
export interface KnownTrace {
  readonly index: TraceIndex;
  /** Where the header stands in the text, in bytes. */
  readonly header: { readonly from: number; readonly to: number };
  readonly lines: LinePlaces;
  /** Empty for a file that is not compressed. */
  readonly members: MemberPlaces;
  readonly textBytes: number;
  readonly fileBytes: number;
  readonly damage?: TraceDamage | undefined;
  /** Whether as many digests of states were compared as a thorough reading does. */
  readonly isThorough?: boolean;
}

/** Keeps the index of a file. A cache that cannot be written keeps nothing. */
export function saveIndex(identity: FileIdentity, known: KnownTrace): void {
  const { index, header, lines, members, textBytes, fileBytes, damage } = known;
  const { isThorough = false } = known;
  const { glances, rest } = packDelta(index.since(0));
  const head = JSON.stringify({
    identity: identity.mark,
    header,
    steps: index.length,
    end: lines.end,
    starts: lines.starts.length,
    members: members.inFile.length,
    glances: glances.length,
    textBytes,
    fileBytes,
    isThorough,
    ...(damage ? { damage } : {}),
  } satisfies z.input<typeof placesSchema>);
  cache().write(
    nameOf(identity),
    Buffer.concat([
      Buffer.from(`${head}\n`),
      bytesOf(Float64Array.from([...lines.starts, ...members.inFile, ...members.inText])),
      bytesOf(glances),
      Buffer.from(rest),
    ]),
  );
}

function bytesOf(array: Float64Array | Uint16Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * The trace of a file by its index; `undefined` when there is none that fits.
 *
 * @param isThorough whether all must have been compared that a thorough reading compares.
 */
export function loadIndex(
  path: string,
  identity: FileIdentity,
  isThorough = false,
): IndexedTrace | undefined {
  const data = cache().read(nameOf(identity));
  if (!data) return undefined;
  let bytes: TextBytes | undefined;
  try {
    const headEnd = data.indexOf(0x0a);
    const places = placesSchema.parse(JSON.parse(data.toString('utf8', 0, headEnd)));
    if (places.identity !== identity.mark) return undefined;
    const { numbers, glances, rest } = partsOf(data.subarray(headEnd + 1), places);
    const starts = [...numbers.subarray(0, places.starts)];
    const inFile = [...numbers.subarray(places.starts, places.starts + places.members)];
    const inText = [...numbers.subarray(places.starts + places.members)];
    bytes =
      places.members > 0
        ? new MemberBytes(path, {
            places: { inFile, inText },
            fileLength: places.fileBytes,
            length: places.textBytes,
          })
        : new PlainBytes(path, places.textBytes);
    const { from, to } = places.header;
    const header = parseLine(bytes.read(from, to).toString('utf8').trimEnd());
    if (header.kind !== 'header') throw new Error('the header is not where it was');
    const index = new TraceIndex(header.header);
    index.append(unpackDelta({ glances, rest }));
    const isWhole = isWhollyCompared(index) && places.textBytes <= QUICK_NAMES_CHARS;
    if (isThorough && !places.isThorough && !isWhole) {
      throw new Error('the file is read again, more thoroughly');
    }
    const lines = new FileLines(bytes, { starts, end: places.end, steps: places.steps });
    return { bytes, trace: new Trace(index, lines), damage: places.damage };
  } catch {
    // It is made anew.
    bytes?.close();
    return undefined;
  }
}

function isWhollyCompared(index: TraceIndex): boolean {
  return index.changedSteps.every((stepIndex) => index.isCompared(stepIndex));
}

function partsOf(data: Buffer, { starts, members, glances }: z.output<typeof placesSchema>) {
  const numberCount = starts + 2 * members;
  const [glancesAt, restAt] = [numberCount * 8, numberCount * 8 + glances * 2];
  // Typed arrays must begin at a multiple of their size, which a part of a buffer need not.
  const copy = new Uint8Array(data.subarray(0, restAt)).buffer;
  return {
    numbers: new Float64Array(copy, 0, numberCount),
    glances: new Uint16Array(copy, glancesAt, glances),
    rest: data.toString('utf8', restAt),
  };
}
