import type { Breach } from '../../machine/state-store.ts';

/** Something in a statement that a machine must not do. */
export type Misuse = Pick<Breach, 'rule' | 'message' | 'expected' | 'actual'>;

/** Statements that end, split or leave the transaction, or change more than rows. */
const NOT_FOR_MACHINES: ReadonlySet<string> = new Set(
  `begin start commit end rollback abort savepoint release prepare execute deallocate attach detach
  vacuum pragma set reset discard lock listen unlisten notify copy do call load declare checkpoint
  create alter drop truncate reindex analyze cluster refresh comment import security grant
  revoke`.split(/\s+/),
);

/** Functions whose result does not follow from state and input. */
const UNDETERMINED =
  /\b(?:(?:random|randomblob|random_normal|gen_random_uuid|uuidv[47]|now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|pg_sleep|last_insert_rowid|nextval|setval|txid_current|pg_current_xact_id|pg_backend_pid|current_schemas?|set_config)\s*\(|current_(?:time|date|timestamp)\b|localtime(?:stamp)?\b|current_schema\b)/i;

/** The present moment in SQLite's functions: `datetime('now')`, or without any argument. */
const SQLITE_NOW =
  /\b(?:date|time|datetime|julianday|unixepoch|strftime|timediff)\s*\((?:\s*\)|[^)]*'now')/i;

const FIRST_WORD = /^[\s;(]*([a-z]+)/i;
/** With this clause, SQLite ends the transaction, and goes on without. */
const OR_ROLLBACK = /\bor rollback\b/i;
/** The present moment in PostgreSQL: `'now'::timestamp`, or `date 'today'`. */
const POSTGRESQL_NOW =
  /'(?:now|today|tomorrow|yesterday)'\s*::|\b(?:cast\s*\(|date|time|timetz|timestamp|timestamptz)\s*'(?:now|today|tomorrow|yesterday)'/i;

/** Comments and quoted texts, which may contain anything. */
const COMMENTS = /--[^\n]*|\/\*[\s\S]*?\*\//g;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/**
 * Returns what is wrong with a statement of a machine, if anything: the transaction is Phasmoscope's,
 * and what a step does must follow from state and input alone.
 */
export function findMisuse(sql: string): Misuse | undefined {
  const code = sql.replace(COMMENTS, ' ');
  const bare = code.replace(QUOTED, "''");
  const verb = (OR_ROLLBACK.exec(bare)?.[0] ?? FIRST_WORD.exec(bare)?.[1] ?? '').toLowerCase();
  if (verb.endsWith('rollback') || NOT_FOR_MACHINES.has(verb)) {
    return {
      rule: 'atomicity',
      message: `The machine executed ${verb.toUpperCase()}, which was refused: a machine must not end or leave its transaction.`,
      expected: 'select, insert, update or delete; the step is committed when it ends with ok()',
      actual: shorten(sql),
    };
  }
  const undetermined = (UNDETERMINED.exec(bare) ??
    SQLITE_NOW.exec(code) ??
    POSTGRESQL_NOW.exec(code))?.[0];
  if (undetermined === undefined) return undefined;
  return {
    rule: 'no side effects',
    message: `The machine asked the database for ${undetermined.replace(/\s*\($/, '()')}, which was refused.`,
    expected: 'a result that follows from state and input alone',
    actual: shorten(sql),
  };
}

/** At most this many characters of a statement are quoted in a finding. */
const QUOTED_CHARS_MAX = 160;

/** Formats a statement for a sentence: on one line, and cut if it is long. */
export function shorten(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return line.length <= QUOTED_CHARS_MAX ? line : `${line.slice(0, QUOTED_CHARS_MAX)}…`;
}
