import { z } from 'zod';

/** What a {@link Reader} returns for JSON that it does not accept. */
export const UNREAD = Symbol('unread');

/** Turns JSON into what is in memory, or into {@link UNREAD}. */
type Reader = (json: unknown) => unknown;

type Json = Readonly<Record<string, unknown>>;

/**
 * The reading half of a schema with codecs, in a fraction of the time that zod takes, because a trace has
 * millions of lines. What it returns is what `schema.parse` returns; a list that is absent is the same empty
 * one in all objects, which nobody may change; and parts of the JSON may become parts of the result, or the
 * result itself, where it would look the same. It says nothing about what is wrong: for what it does not
 * accept, `schema.safeParse` says why.
 *
 * What an object costs follows the keys that it has, and not those that it might have.
 */
export function readerOf<Schema extends z.core.$ZodType>(
  schema: Schema,
): (json: unknown) => z.output<Schema> | typeof UNREAD {
  return withChecks(schema, formReaderOf(schema)) as ReturnType<typeof readerOf<Schema>>;
}

/**
 * As {@link readerOf}, of an object that gets other keys besides those of its schema. The caller sets them:
 * that costs a fraction of a copy with more keys.
 */
export function readerWith<Schema extends z.ZodObject, Others extends object>(
  schema: Schema,
  others: Others,
): (json: unknown) => (z.output<Schema> & Others) | typeof UNREAD {
  const read = withChecks(schema, readerOfObject(schema, others));
  return read as ReturnType<typeof readerWith<Schema, Others>>;
}

/** The reader of a schema without its checks. */
function formReaderOf(schema: z.core.$ZodType): Reader {
  if (schema instanceof z.ZodObject) return readerOfObject(schema);
  if (schema instanceof z.ZodDiscriminatedUnion) return readerOfKinds(schema);
  if (schema instanceof z.ZodUnion) return readerOfUnion(schema.options.map(readerOf));
  if (schema instanceof z.ZodArray) return readerOfItems(readerOf(schema.element));
  if (schema instanceof z.ZodTuple && !schema.def.rest) {
    return readerOfTuple(schema.def.items.map(readerOf));
  }
  if (schema instanceof z.ZodCodec) return readerOfCodec(schema);
  if (schema instanceof z.ZodDefault) return readerOfList(schema);
  if (schema instanceof z.ZodReadonly) return readerOfReadonly(readerOf(schema.unwrap()));
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return (json) => json;
  const values = valuesOf(schema);
  if (values) return (json) => (values.has(json) ? json : UNREAD);
  if (schema instanceof z.ZodString) return (json) => (typeof json === 'string' ? json : UNREAD);
  if (schema instanceof z.ZodBoolean) return (json) => (typeof json === 'boolean' ? json : UNREAD);
  if (schema instanceof z.ZodNumber && !(schema instanceof z.ZodNumberFormat)) {
    return (json) => (Number.isFinite(json) ? json : UNREAD);
  }
  return (json) => {
    const parsed = z.safeParse(schema, json);
    return parsed.success ? parsed.data : UNREAD;
  };
}

/** What a schema says of a value whose form is right. */
function withChecks({ _zod: { def } }: z.core.$ZodType, read: Reader): Reader {
  const { checks = [] } = def;
  if (checks.length === 0) return read;
  return (json) => {
    const value = read(json);
    if (value === UNREAD) return UNREAD;
    const payload: z.core.ParsePayload = { value, issues: [] };
    for (const { _zod: check } of checks) {
      if (check.def.when?.(payload) === false) continue;
      void check.check(payload as z.core.ParsePayload<never>);
      if (payload.issues.length > 0) return UNREAD;
    }
    return payload.value;
  };
}

interface Field {
  readonly read: Reader;
  readonly isRequired: boolean;
}

function readerOfObject({ def: { shape, catchall } }: z.ZodObject, others: object = {}): Reader {
  const fields = new Map<string, Field>();
  const absent: Record<string, unknown> = { ...others };
  for (const [key, schema] of Object.entries(shape)) {
    const isOptional = schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional;
    const isDefaulted = schema instanceof z.ZodDefault;
    const read = readerOf(isOptional ? schema.unwrap() : schema);
    fields.set(key, { read, isRequired: !isOptional && !isDefaulted });
    // All objects get their keys in one order, so that the engine sees one kind of object.
    if (!isOptional) absent[key] = isDefaulted ? emptyList(schema) : undefined;
  }
  const required = [...fields.values()].filter(({ isRequired }) => isRequired).length;
  if (catchall && !(catchall instanceof z.ZodNever)) {
    throw new TypeError('an object must have no other keys, or leave them out');
  }
  // Only with keys that it may lack, an object is never what stands in the JSON.
  const hasDefaults = Object.values(absent).some((value) => value !== undefined);
  /** An object with what was read of the JSON before a key. */
  const copyBefore = (json: Json, before: string) => {
    const object = { ...absent };
    for (const key in json) {
      if (key === before) break;
      object[key] = json[key];
    }
    return object;
  };
  return (json) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return UNREAD;
    let object = hasDefaults ? { ...absent } : undefined;
    let missing = required;
    for (const key in json) {
      const field = fields.get(key);
      if (!field && catchall) return UNREAD;
      const given = (json as Json)[key];
      const read = field?.read(given);
      if (read === UNREAD) return UNREAD;
      if (field?.isRequired) missing -= 1;
      if (!object && (!field || read !== given)) object = copyBefore(json as Json, key);
      if (object && field) object[key] = read;
    }
    return missing === 0 ? (object ?? json) : UNREAD;
  };
}

function readerOfList(schema: z.ZodDefault): Reader {
  const absent = emptyList(schema);
  const read = readerOf(schema.unwrap());
  return (json) => (json === undefined ? absent : read(json));
}

function emptyList({ def: { defaultValue } }: z.ZodDefault): unknown {
  // A frozen one would slow down all loops over lists of steps.
  if (Array.isArray(defaultValue) && defaultValue.length === 0) return [];
  throw new TypeError('a default must be the empty list');
}

function readerOfKinds({ def }: z.ZodDiscriminatedUnion): Reader {
  const readers = new Map<unknown, Reader>();
  for (const option of def.options) {
    if (!(option instanceof z.ZodObject)) throw new TypeError('a union must be one of objects');
    const read = readerOf(option);
    for (const name of valuesOf(option.shape[def.discriminator]) ?? []) readers.set(name, read);
  }
  return (json) => {
    if (typeof json !== 'object' || json === null) return UNREAD;
    return readers.get((json as Json)[def.discriminator])?.(json) ?? UNREAD;
  };
}

/** The values that a literal or an enum lists. */
function valuesOf(schema: unknown): ReadonlySet<unknown> | undefined {
  if (schema instanceof z.ZodLiteral) return schema.values;
  return schema instanceof z.ZodEnum ? new Set(schema.options) : undefined;
}

function readerOfUnion(readers: readonly Reader[]): Reader {
  return (json) => {
    for (const read of readers) {
      const value = read(json);
      if (value !== UNREAD) return value;
    }
    return UNREAD;
  };
}

function readerOfItems(read: Reader): Reader {
  return (json) => {
    if (!Array.isArray(json)) return UNREAD;
    const items: unknown[] = [];
    for (const each of json) {
      const item = read(each);
      if (item === UNREAD) return UNREAD;
      items.push(item);
    }
    return items;
  };
}

function readerOfTuple(readers: readonly Reader[]): Reader {
  return (json) => {
    if (!Array.isArray(json) || json.length !== readers.length) return UNREAD;
    const items: unknown[] = [];
    for (const [at, read] of readers.entries()) {
      const item = read(json[at]);
      if (item === UNREAD) return UNREAD;
      items.push(item);
    }
    return items;
  };
}

function readerOfCodec({ def }: z.ZodCodec): Reader {
  const readIn = readerOf(def.in);
  const readOut = readerOf(def.out);
  // One for all values, which are millions: none is read while another one is.
  const payload: z.core.ParsePayload = { value: undefined, issues: [] };
  return (json) => {
    const value = readIn(json);
    if (value === UNREAD) return UNREAD;
    payload.value = value;
    const decoded = def.transform(value, payload);
    if (payload.issues.length === 0) return readOut(decoded);
    payload.issues = [];
    return UNREAD;
  };
}

function readerOfReadonly(read: Reader): Reader {
  return (json) => {
    const value = read(json);
    return value === UNREAD ? UNREAD : Object.freeze(value);
  };
}
