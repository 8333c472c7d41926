import { Duplex } from 'node:stream';
import { callbackify, promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import { installedVersion, loadOptional } from '../optional-package.ts';
import { UserCache } from '../user-cache.ts';
import { makeClient, PostgresqlSession } from './postgresql-session.ts';

const EMPTY_DATABASES = new UserCache('databases', 64 * 1024 * 1024);

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
  // The client is loaded next: if both are missing, one message names both.
  const { PGlite: Embedded } = await loadOptional(
    'PostgreSQL without a server',
    ['@electric-sql/pglite', 'pg'],
    () => import('@electric-sql/pglite'),
  );
  const name = `pglite-${installedVersion('@electric-sql/pglite')}`;
  const packed = EMPTY_DATABASES.read(name);
  if (packed) {
    try {
      const unpacked = await promisify(gunzip)(packed);
      return await Embedded.create({ loadDataDir: new Blob([unpacked]) });
    } catch {
      // Another version may have written it: a new one takes its place.
    }
  }
  const database = await Embedded.create();
  await pack(database)
    .then((data) => EMPTY_DATABASES.write(name, data))
    .catch(ignore);
  return database;
}

function ignore(): void {}

async function pack(database: PGlite): Promise<Buffer> {
  const unpacked = await (await database.dumpDataDir('none')).arrayBuffer();
  return promisify(gzip)(unpacked, { level: 1 });
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
