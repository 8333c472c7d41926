import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AnyMachine, DeclaredMachine } from '../../machine/machine.ts';
import type { StateStore } from '../../machine/state-store.ts';
import type { KeyValueStorage, SqlStorage } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { HybridStateStore } from './hybrid-store.ts';
import { KeyValueStateStore, pairsSchema, type Placeholder } from './key-value-store.ts';
import { makePostgresqlTemplate } from './postgresql-driver.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';
import { makeSqliteTemplate } from './sqlite-driver.ts';

/** A machine whose runs can begin. */
export interface ConnectedMachine {
  readonly machine: AnyMachine;
  /** Ends what the machine's storage holds on to, open runs included. */
  readonly close: () => Promise<void>;
}

/**
 * Connects a machine to the storage that it declares: makes what every run begins with.
 *
 * @param folder of the machine's file, from which paths are taken.
 * @throws {ProblemError} when the schema does not execute, a database file is missing or has another
 * schema, or a server does not answer.
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
  // An heir, so that the author's methods find what they have in the machine, or in its class.
  const machine = Object.create(declared, {
    storage: { value: { kind: 'connected', open }, enumerable: true },
  }) as AnyMachine;
  return { machine, close: async () => template.close() };
}

function makeTemplate(storage: SqlStorage | KeyValueStorage, folder: string): Promise<SqlTemplate> {
  switch (storage.kind) {
    case 'sqlite':
      return makeSqlite(storage.schema, storage.file, folder);
    case 'postgresql':
      return makePostgresqlTemplate(storage.schema, storage.connectionString);
    case 'keyValue': {
      const { pairs, on = 'sqlite' } = storage;
      if (on === 'sqlite') return makeSqliteTemplate(pairsSchema(pairs, 'text'));
      const connectionString = on === 'postgresql' ? undefined : on.connectionString;
      // Keys are in the order of their code points, whatever language the server speaks.
      return makePostgresqlTemplate(pairsSchema(pairs, 'text collate "C"'), connectionString);
    }
    default: {
      const { kind } = storage as { readonly kind: unknown };
      throw new ProblemError({
        title: `The machine's storage is of the kind "${String(kind)}", which there is not.`,
        remedy: 'Declare it by sqlite(), postgresql() or keyValue().',
      });
    }
  }
}

async function makeSqlite(
  schema: string,
  file: string | undefined,
  folder: string,
): Promise<SqlTemplate> {
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
      title: `The database file ${path} is not whole: changes still stand in its log, ${path}-wal.`,
      remedy:
        'Close the programs that use it, or execute `pragma wal_checkpoint(truncate)` in one.',
    });
  }
  return makeSqliteTemplate(schema, { name: file, bytes });
}

function placeholder({ on = 'sqlite' }: KeyValueStorage): Placeholder {
  return on === 'sqlite' ? () => '?' : (position) => `$${position}`;
}
