import { z } from 'zod';

/** Turns what is in memory into JSON. */
type Writer = (memory: unknown) => unknown;

const asItIs: Writer = (memory) => memory;

/**
 * The writing half of a schema with codecs. Its result is that of `z.encode`, in a fraction of the
 * time, because nothing is validated: what is written was made by this program, and runs spend much
 * of their time on writing.
 *
 * Keys stand in the order of the schema. Optional keys that are absent are left out, and so are empty
 * lists for which the schema has a default. Codecs inside plain unions and tuples are not
 * supported; their content is written as it is.
 */
export function writerOf(schema: z.core.$ZodType): Writer {
  if (schema instanceof z.ZodObject) return writerOfObject(schema);
  if (schema instanceof z.ZodDiscriminatedUnion) return writerOfUnion(schema);
  if (schema instanceof z.ZodArray) return writerOfItems(writerOf(schema.element));
  if (schema instanceof z.ZodRecord) return writerOfEntries(writerOf(schema.valueType));
  if (schema instanceof z.ZodCodec) return writerOfCodec(schema);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    const write = writerOf(schema.unwrap());
    return (memory) => (memory === undefined ? undefined : write(memory));
  }
  if (schema instanceof z.ZodDefault) {
    const write = writerOf(schema.unwrap());
    return (memory) => (Array.isArray(memory) && memory.length === 0 ? undefined : write(memory));
  }
  return asItIs;
}

function writerOfObject(schema: z.ZodObject): Writer {
  const fields = Object.entries(schema.shape).map(
    ([key, field]) => [key, writerOf(field)] as const,
  );
  return (memory) => {
    const json: Record<string, unknown> = {};
    for (const [key, write] of fields) {
      const written = write((memory as Readonly<Record<string, unknown>>)[key]);
      if (written !== undefined) json[key] = written;
    }
    return json;
  };
}

function writerOfUnion(schema: z.ZodDiscriminatedUnion): Writer {
  const { discriminator, options } = schema.def;
  const writers = new Map<unknown, Writer>();
  for (const option of options) {
    if (!(option instanceof z.ZodObject)) throw new TypeError('a union must be one of objects');
    const write = writerOfObject(option);
    for (const name of namesIn(option.shape[discriminator])) writers.set(name, write);
  }
  return (memory) => {
    const name = (memory as Readonly<Record<string, unknown>>)[discriminator];
    const write = writers.get(name);
    if (!write) throw new TypeError(`a union has no ${discriminator} ${String(name)}`);
    return write(memory);
  };
}

/** What a discriminator may be. */
function namesIn(schema: unknown): Iterable<unknown> {
  if (schema instanceof z.ZodLiteral) return schema.values;
  if (schema instanceof z.ZodEnum) return schema.options;
  throw new TypeError('a discriminator must be a literal or an enum');
}

function writerOfItems(write: Writer): Writer {
  return write === asItIs ? asItIs : (memory) => (memory as readonly unknown[]).map(write);
}

function writerOfEntries(write: Writer): Writer {
  if (write === asItIs) return asItIs;
  return (memory) =>
    Object.fromEntries(
      Object.entries(memory as object).map(([key, item]) => [key, write(item)] as const),
    );
}

function writerOfCodec(schema: z.ZodCodec): Writer {
  const { reverseTransform, in: inFile } = schema.def;
  const write = writerOf(inFile);
  return (memory) => write(reverseTransform(memory, { value: memory, issues: [] }));
}
