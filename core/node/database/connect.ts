import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AnyMachine, DeclaredMachine } from '../../machine/machine.ts';
import type { StateStore } from '../../machine/state-store.ts';
import type { KeyValueStorage, SqlStorage } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { HybridStateStore } from './hybrid-store.ts';
import { KeyValueStateStore, pairsSchema, type Placeholder } from './key-value-store.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

/** A machine that is connected to its storage, and ready to run. */
export interface ConnectedMachine {
  readonly machine: AnyMachine;
  /** Releases the resources of the machine's storage, including those of open runs. */
  readonly close: () => Promise<void>;
}

/**
 * Connects a machine to the storage that it declares, and makes the state with which every run begins.
 *
 * @param folder the folder of the machine's file, to which paths are relative.
 * @throws {ProblemError} when the schema does not execute, a database file is missing or has a different
 * schema, or a server does not respond.
 */
export async function connectStorage(
  declared: DeclaredMachine,
  folder: string,
): Promise<ConnectedMachine> {
  if (declared.storage === undefined) return { machine: declared, close: async () => {} };
  const { storage } = declared;
  const template = await makeTemplate(storage, folder);
  const view = viewOf(template);
  const open = (): StateStore => {
    const database = new SqlStateStore(template.open(), view);
    if (storage.kind === 'keyValue') return new KeyValueStateStore(database, placeholder(storage));
    if (!('initialCache' in declared) || declared.initialCache === undefined) return database;
    return new HybridStateStore(declared.initialCache() as object, database);
  };
  // Inherits from the declared machine, so that the author's methods find its members, and its class's.
  const machine = Object.create(declared, {
    storage: { value: { kind: 'connected', open }, enumerable: true },
  }) as AnyMachine;
  return { machine, close: async () => template.close() };
}

/** Loads only the database that it needs. */
async function makeTemplate(
  storage: SqlStorage | KeyValueStorage,
  folder: string,
): Promise<SqlTemplate> {
  switch (storage.kind) {
    case 'sqlite':
      return makeSqlite(storage.schema, storage.file, folder);
    case 'postgresql':
      return makePostgresql(storage.schema, storage.connectionString);
    case 'keyValue': {
      const { pairs, on = 'sqlite' } = storage;
      if (on === 'sqlite') return makeSqlite(pairsSchema(pairs, 'text'), undefined, folder);
      const connectionString = on === 'postgresql' ? undefined : on.connectionString;
      // Keys are in the order of their code points, whatever the locale of the server.
      return makePostgresql(pairsSchema(pairs, 'text collate "C"'), connectionString);
    }
    default: {
      const { kind } = storage as { readonly kind: unknown };
      throw new ProblemError({
        title: `The machine's storage is of the unknown kind "${String(kind)}".`,
        remedy: 'Declare it with sqlite(), postgresql() or keyValue().',
      });
    }
  }
}

async function makePostgresql(
  schema: string,
  connectionString: string | undefined,
): Promise<SqlTemplate> {
  const { makePostgresqlTemplate } = await import('./postgresql-template.ts');
  return makePostgresqlTemplate(schema, connectionString);
}

async function makeSqlite(
  schema: string,
  file: string | undefined,
  folder: string,
): Promise<SqlTemplate> {
  const { makeSqliteTemplate } = await import('./sqlite-template.ts');
  if (file === undefined) return makeSqliteTemplate(schema);
  const path = resolve(folder, file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new ProblemError(
      {
        title: `The machine begins with the database file ${path}, which cannot be read.`,
        remedy: 'Put the file there, or leave `file` out to begin with the schema.',
        details: String(error),
      },
      { cause: error },
    );
  }
  const log = await stat(`${path}-wal`).catch(() => undefined);
  if (log && log.size > 0) {
    throw new ProblemError({
      title: `The database file ${path} is not complete: its log, ${path}-wal, still holds changes.`,
      remedy:
        'Close the programs that use it, or execute `pragma wal_checkpoint(truncate)` in one.',
    });
  }
  return makeSqliteTemplate(schema, { name: file, bytes });
}

function placeholder({ on = 'sqlite' }: KeyValueStorage): Placeholder {
  return on === 'sqlite' ? () => '?' : (position) => `$${position}`;
}
