import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A real server for tests. */
export interface TestServer {
  readonly connectionString: string;
  /** Whether the tests started it, only for themselves. */
  readonly isOwn: boolean;
  readonly stop: () => Promise<void>;
}

/** Debian's folder for the programs of the server, by version. */
const VERSIONS = '/usr/lib/postgresql';
const START_MS_MAX = 60_000;
const RETRY_MS = 50;

/**
 * Starts a PostgreSQL server: the one that `PHASMOSCOPE_POSTGRESQL` names by a connection string, or else
 * a new one from Debian's package, in a temporary folder. Returns the reason if there is none.
 */
export async function startTestServer(): Promise<TestServer | string> {
  const given = process.env['PHASMOSCOPE_POSTGRESQL'];
  if (given) return { connectionString: given, isOwn: false, stop: () => Promise.resolve() };
  const programs = findPrograms();
  if (programs === undefined) {
    return 'no server: sudo apt-get install postgresql, or set PHASMOSCOPE_POSTGRESQL to a connection string';
  }
  const user = findUser();
  if (user === undefined) return 'no server: root cannot run one, and there is no user postgres';
  return start(programs, user);
}

function findPrograms(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** The user who runs the server, which refuses to be run by root. */
function findUser(): Pick<SpawnOptions, 'uid' | 'gid'> | undefined {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((option) => {
    const { status, stdout } = spawnSync('id', [option, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

async function start(
  programs: string,
  user: Pick<SpawnOptions, 'uid' | 'gid'>,
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-postgresql-'));
  const password = join(folder, 'password');
  await writeFile(password, 'secret');
  if (user.uid !== undefined && user.gid !== undefined) {
    await Promise.all([folder, password].map((path) => chown(path, user.uid ?? 0, user.gid ?? 0)));
  }
  const data = join(folder, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'tester', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '-N'],
    { ...user, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stdout}${made.stderr}`);
  const port = await findFreePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  const kill = () => server.kill('SIGINT');
  process.once('exit', kill);
  const connectionString = `postgresql://tester:secret@127.0.0.1:${port}/postgres`;
  await waitFor(connectionString);
  return {
    connectionString,
    isOwn: true,
    stop: async () => {
      process.off('exit', kill);
      const stopped = new Promise((resolve) => {
        server.once('exit', resolve);
      });
      // Fast: it does not wait for open connections.
      kill();
      await stopped;
      await rm(folder, { recursive: true });
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      });
  });
}

async function waitFor(connectionString: string): Promise<void> {
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
