import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { callbackify, promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import { PACKAGE_ROOT } from '../package-root.ts';
import { makeClient, PostgresqlSession } from './postgresql-session.ts';

/** PGlite: one for all databases of the thread, started when first needed. */
let embedded: Promise<PostgresqlSession> | undefined;

/** The session with the PostgreSQL that comes along. It lasts as long as the thread. */
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
 * To make its empty database takes PGlite seconds and hundreds of megabytes, so that is kept for
 * the next time. One that is missing or of no use costs no more than this time.
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

/** In the user's own folder for what can be made again, by the version that made it. */
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
  // Others may be at it at the same time: the file is there as a whole, or not at all.
  const part = `${path}.${process.pid}-${performance.now()}`;
  await writeFile(part, packed);
  await rename(part, path);
}

/** PGlite in the place of a socket: it speaks the protocol of a server. */
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
        // What it hands over is overwritten by what comes next.
        onRawData: (data) => this.push(Buffer.from(data)),
      });
    callbackify(send)(done);
  }
}
