import { z } from 'zod';
import { assertNever } from '../../assert.ts';
import { VALUE_LEVELS_MAX } from '../../limits.ts';
import { isActionId, type ActionId } from '../../machine/action-id.ts';
import { type EmittedAction, type Outcome } from '../../machine/executed.ts';
import { FINDING_KINDS, type CaughtFailure, type Finding } from '../../machine/finding.ts';
import type { Operation, StepFault } from '../../machine/operation.ts';
import { PRINT_LEVELS, type Printed } from '../../machine/printed.ts';
import { RULE_NAMES } from '../../machine/rules.ts';
import { DecodeError, decodeWithin, encodeValue, encodeWithin } from '../../value/encoding.ts';
import type { Change } from '../../value/patch.ts';
import type { Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';

// Each codec stands between the JSON of a trace file and what it means in memory. It reads in one
// direction and writes in the other; keys are written in the order in which they are declared here.

type KeysOf<Type> = Type extends unknown ? keyof Type : never;

/**
 * Makes sure that a schema has every key of a type, the optional ones included: a key that is
 * forgotten here would be missing from the file.
 */
export function complete<Memory>() {
  return <Schema extends z.ZodType<Memory>>(
    schema: KeysOf<Memory> extends KeysOf<z.output<Schema>> ? Schema : never,
  ): z.ZodType<Memory> => schema;
}

/** A schema of a type that reading has ensured already. */
function typed<Type>(): z.ZodType<Type, Type> {
  return z.any();
}

/** Decodes a value; a problem becomes an issue of the schema, which is reported with its field. */
function decode(
  json: unknown,
  { issues }: z.core.ParsePayload,
  levels: number = VALUE_LEVELS_MAX,
): Value {
  try {
    if (json !== undefined) return decodeWithin(json, levels);
    issues.push({ code: 'custom', message: 'is missing', input: json });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    issues.push({ code: 'custom', message: error.message, input: json });
  }
  return z.NEVER;
}

/** Any value; see `encodeValue` for how it is written. */
export const value = z.codec(z.unknown(), typed<Value>(), { decode, encode: encodeValue });

/** A number of things, or an index. */
export const count = z.number().int().nonnegative();

/** The name of a rule. */
export const ruleName = z.enum(RULE_NAMES);

/** A list that is always written. */
export function arrayOf<Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> {
  return z.array(item);
}

/** A list that is left out of the file when it is empty. */
export function listOf<Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> {
  return z.array(item).default([]);
}

/** The digest of a state. */
export const hash = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits');

export const actionId = value.refine(
  isActionId,
  'must be a number, a string or a bigint',
) as unknown as z.ZodType<ActionId>;

const pathInFile = z
  .array(z.union([z.string(), count, z.strictObject({ mapKey: z.unknown() })]))
  .max(VALUE_LEVELS_MAX);

type PathInFile = z.output<typeof pathInFile>;

function decodePath(json: PathInFile, context: z.core.ParsePayload): Path {
  return json.map((segment) =>
    typeof segment === 'object' ? { mapKey: decode(segment.mapKey, context) } : segment,
  );
}

/** @param memory absent where an optional path is absent: zod encodes that too, and drops the result. */
function encodePath(memory: Path | undefined): PathInFile {
  return memory?.map((segment) =>
    typeof segment === 'object' ? { mapKey: encodeValue(segment.mapKey) } : segment,
  ) as PathInFile;
}

/** A path: names, indices of lists, and keys of Maps, which are values. */
export const pathCodec = z.codec(pathInFile, typed<Path>(), {
  decode: decodePath,
  encode: encodePath,
});

const changeInFile = z.union([
  z.tuple([z.enum(['added', 'changed']), pathInFile, z.unknown()]),
  z.tuple([z.literal('removed'), pathInFile]),
  z.tuple([z.literal('spliced'), pathInFile, count, count, z.array(z.unknown())]),
]);

/**
 * A change of a patch: in the file a list that begins with its kind and its path. What it puts into a
 * state must not make that deeper than a value may be.
 */
export const change = z.codec(changeInFile, typed<Change>(), {
  decode(json, context): Change {
    const path = decodePath(json[1], context);
    const levels = VALUE_LEVELS_MAX - path.length;
    switch (json[0]) {
      case 'added':
      case 'changed':
        return { kind: json[0], path, value: decode(json[2], context, levels) };
      case 'removed':
        return { kind: 'removed', path };
      case 'spliced': {
        const [kind, , index, removed, inserted] = json;
        return {
          kind,
          path,
          index,
          removed,
          inserted: inserted.map((item) => decode(item, context, levels - 1)),
        };
      }
      default:
        return assertNever(json, 'change');
    }
  },
  encode(memory): z.output<typeof changeInFile> {
    const path = encodePath(memory.path);
    const levels = VALUE_LEVELS_MAX - path.length;
    switch (memory.kind) {
      case 'added':
      case 'changed':
        return [memory.kind, path, encodeWithin(memory.value, levels, memory.path)];
      case 'removed':
        return [memory.kind, path];
      case 'spliced':
        return [
          memory.kind,
          path,
          memory.index,
          memory.removed,
          memory.inserted.map((item, at) =>
            encodeWithin(item, levels - 1, [...memory.path, memory.index + at]),
          ),
        ];
      default:
        return assertNever(memory, 'change');
    }
  },
});

export const action = complete<EmittedAction>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tracked'), id: actionId, action: value }),
    z.object({ kind: z.literal('untracked'), action: value }),
  ]),
);

export const stepFault = complete<StepFault>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['crashAtAccess', 'accessFails']), access: count }),
    z.object({ kind: z.enum(['crashBeforeCommit', 'commitFails']) }),
    z.object({ kind: z.literal('actionRefused'), action: count }),
  ]),
);

const surroundings = {
  fault: stepFault.exactOptional(),
  externalFailures: arrayOf(z.boolean()).exactOptional(),
};

export const operation = complete<Operation>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('normal'), input: value, ...surroundings }),
    z.object({
      kind: z.literal('trackedActionCompleted'),
      isDuplicate: z.literal(true).exactOptional(),
      ...surroundings,
      id: actionId,
      result: value,
    }),
    z.object({ kind: z.literal('crash'), dispatched: count }),
    z.object({ kind: z.literal('restore'), ...surroundings }),
    z.object({ kind: z.literal('loss'), id: actionId, result: value }),
    z.object({
      kind: z.literal('settled'),
      isEndless: z.literal(true).exactOptional(),
      isDown: z.literal(true).exactOptional(),
    }),
  ]),
);

/** Something that was printed in a step. */
export const printed = complete<Printed>()(
  z.object({ level: z.enum(PRINT_LEVELS), text: z.string() }),
);

const thrown = { name: z.string(), message: z.string(), source: z.string().exactOptional() };

export const outcome = complete<Outcome>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ok') }),
    z.object({ kind: z.literal('err'), error: value }),
    z.object({ kind: z.literal('panic'), error: z.object(thrown) }),
    z.object({ kind: z.literal('crashed') }),
    z.object({
      kind: z.literal('hang'),
      limitMs: z.number().positive(),
      source: z.string().exactOptional(),
    }),
  ]),
);

/**
 * A finding as it stands in a file: the step is known from where it stands. The first versions wrote
 * no shape.
 */
export type FindingInFile = Omit<Finding, 'stepIndex' | 'shape'> & { readonly shape?: string };

/** What a finding is likely to follow from. */
export const caughtFailureSchema = complete<CaughtFailure>()(
  z.object({
    kind: z.enum(['ActionRefused', 'StorageFailed']),
    stepIndex: count,
    what: z.string(),
    source: z.string().exactOptional(),
  }),
);

const shape = z.string().exactOptional();
const caught = caughtFailureSchema.exactOptional();

export const finding = complete<FindingInFile>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('panic'), ...thrown, shape, caught }),
    z.object({
      kind: z.enum(FINDING_KINDS).exclude(['panic']),
      name: z.string(),
      message: z.string(),
      expected: z.string().exactOptional(),
      actual: z.string().exactOptional(),
      shape,
      source: z.string().exactOptional(),
      predicate: z.string().exactOptional(),
      about: actionId.exactOptional(),
      caught,
    }),
  ]),
);
