import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import { fromEntries } from '../../value/value.ts';
import type { Answer, Column, RawValue } from './postgresql-session.ts';

/** The rows of an answer, their values converted; none without an answer. */
export function toRows(answer: Answer | undefined): readonly SqlRow[] {
  return answer ? answer.rows.map((row) => toRow(row, answer.columns)) : [];
}

/** A row as the server wrote it, with its values by the names of their columns. */
export function toRow(row: readonly RawValue[], columns: readonly Column[]): SqlRow {
  return fromEntries(
    columns.map(({ name, type }, index) => [name, toValue(row[index] ?? null, type)]),
  );
}

/** Object ids of types whose values are converted; values of all other types stay texts. */
const BOOLEAN = 16;
const BYTES = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;

/** @param type the object id of its type. */
export function toValue(raw: RawValue, type: number): SqlValue {
  if (raw === null) return null;
  switch (type) {
    case BOOLEAN:
      return raw === 't';
    case BYTES:
      return `x'${raw.slice(2)}'`;
    case INT8: {
      const number = Number(raw);
      return Number.isSafeInteger(number) ? number : BigInt(raw);
    }
    case INT2:
    case INT4:
    case FLOAT4:
    case FLOAT8:
      return Number(raw);
    default:
      return raw;
  }
}
