import type { Database, Sqlite3Static } from '@sqlite.org/sqlite-wasm';

/** Sets what all databases of runs have in common. */
export function configure(database: Database): void {
  database.exec(
    'pragma foreign_keys = on; pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -65536',
  );
}

/** Opens a database in memory with the bytes of a database file. */
export function openBytes(sqlite3: Sqlite3Static, bytes: Uint8Array): Database {
  const { capi, wasm, oo1 } = sqlite3;
  const database = new oo1.DB(':memory:');
  const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
  try {
    const pointer = wasm.allocFromTypedArray(bytes);
    // SQLite frees the memory, even when it fails.
    database.checkRc(
      capi.sqlite3_deserialize(database, 'main', pointer, bytes.length, bytes.length, flags),
    );
    // The first access reads the header.
    configure(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
