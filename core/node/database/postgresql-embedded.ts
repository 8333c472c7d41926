import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { callbackify, promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import { PACKAGE_ROOT } from '../package-root.ts';
import { makeClient, PostgresqlSession } from './postgresql-session.ts';

/** PGlite: one for all databases of the thread, started on first use. */
let embedded: Promise<PostgresqlSession> | undefined;

/** The session with the embedded PostgreSQL. It lasts as long as the thread. */
export function embeddedSession(): Promise<PostgresqlSession> {
  embedded ??= start();
  return embedded;
}

async function start(): Promise<PostgresqlSession> {
  const database = await startDatabase();
  return new PostgresqlSession(async () => {
    const client = await makeClient({
      stream: () => new EmbeddedStream(database),
      user: 'postgres',
      database: 'postgres',
      ssl: false,
    });
    await client.connect();
    return client;
  });
}

/**
 * Starts PGlite. Making its empty database takes seconds and hundreds of megabytes, so it is kept for
 * the next time. If it is missing or unusable, it is made again.
 */
async function startDatabase(): Promise<PGlite> {
  const { PGlite: Embedded } = await import('@electric-sql/pglite');
  const path = await pathOfEmptyDatabase();
  try {
    const packed = await readFile(path);
    const unpacked = await promisify(gunzip)(packed);
    return await Embedded.create({ loadDataDir: new Blob([unpacked]) });
  } catch {
    const database = await Embedded.create();
    await keep(database, path).catch(ignore);
    return database;
  }
}

function ignore(): void {}

/** The path of the empty database in the user's cache folder, by the version of PGlite. */
async function pathOfEmptyDatabase(): Promise<string> {
  const { env, platform } = process;
  const caches =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : (env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  const description = await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(description) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const version = dependencies['@electric-sql/pglite'] ?? 'any';
  return join(caches, 'phasmoscope', `pglite-${version}.tar.gz`);
}

async function keep(database: PGlite, path: string): Promise<void> {
  const unpacked = await (await database.dumpDataDir('none')).arrayBuffer();
  const packed = await promisify(gzip)(unpacked, { level: 1 });
  await mkdir(dirname(path), { recursive: true });
  // Other processes may write it at the same time: the file is there as a whole, or not at all.
  const part = `${path}.${process.pid}-${performance.now()}`;
  await writeFile(part, packed);
  await rename(part, path);
}

/** PGlite as a socket: it speaks the protocol of a server. */
class EmbeddedStream extends Duplex {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  ref(): void {}

  unref(): void {}

  override _read(): void {}

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    const send = () =>
      this.#database.execProtocolRawStream(chunk, {
        syncToFs: false,
        // PGlite reuses the buffer for the next data.
        onRawData: (data) => this.push(Buffer.from(data)),
      });
    callbackify(send)(done);
  }
}
