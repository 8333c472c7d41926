import { z } from 'zod';
import { assertNever } from '../assert.ts';
import type { CheckCounts } from '../engine/executor.ts';
import { currentSignature, isSignature, shapeOf } from '../engine/signature.ts';
import {
  FINDING_KINDS,
  type EmittedAction,
  type Outcome,
  type Finding,
} from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import type { Tallies } from '../machine/scenario.ts';
import { seedSchema } from '../text/quantities.ts';
import { decodeValue, DecodeError, encodeValue } from '../value/encoding.ts';
import type { Change, Patch } from '../value/patch.ts';
import type { Path, PathSegment } from '../value/path.ts';
import type { Value } from '../value/value.ts';

/** The version of trace files that is written. Older ones are upgraded, newer ones refused. */
export const TRACE_VERSION = 3;

/** The first line of a trace: what was run, and the state that it began with. */
export interface TraceHeader {
  readonly machine: string;
  /** Digest of the machine's bundled source; absent for traces made by other tools. */
  readonly sourceHash?: string;
  readonly scenario: string;
  /** Decimal text. */
  readonly seed: string;
  readonly operationsMax: number;
  /** The name of the fault profile. */
  readonly faults: string;
  readonly invariants: readonly string[];
  /** The rules that were asked at every occasion. */
  readonly rules: readonly RuleName[];
  /** Rules that the machine need not keep, with the reasons. */
  readonly waivers: Readonly<Partial<Record<RuleName, string>>>;
  /** For a shrunk run: where it comes from. */
  readonly shrunkFrom?: ShrunkFrom;
  readonly initialState: Value;
  readonly initialHash: string;
  /** Findings on the initial state, with step index -1. */
  readonly initialFindings: readonly Finding[];
}

/** The longer run that a run was shrunk from. Seed and settings are those of the longer one. */
export interface ShrunkFrom {
  /** How many steps it had up to the finding. */
  readonly steps: number;
  /** For each step of the shrunk run the step that it was; some may have moved to earlier places. */
  readonly stepIndices: readonly number[];
  /** The cause that was kept, as a signature of findings. */
  readonly signature: string;
}

/** One step of a trace, as recorded. */
export interface Step {
  readonly stepIndex: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly actions: readonly EmittedAction[];
  /** Emitted before a roll-back: never sent. */
  readonly discarded: readonly EmittedAction[];
  /** What the actions container refused to take. */
  readonly refused: readonly EmittedAction[];
  /** Not dispatched any more because of the crash that this step is. */
  readonly lost: readonly EmittedAction[];
  /** From the state before to the state after; empty when the step left it as it was. */
  readonly patch: Patch;
  /** What a step that was rolled back had changed. */
  readonly attempted: Patch;
  /** Digest of the state after a step that changed it. */
  readonly stateHash?: string;
  readonly findings: readonly Finding[];
  readonly recovered: readonly string[];
  /** The whole state after the step, now and then. */
  readonly checkpoint?: { readonly state: Value };
}

/** The last line of a trace: it says that nothing is missing, and what was counted. */
export interface TraceEnd {
  readonly steps: number;
  readonly operations: number;
  readonly tallies: Tallies;
  readonly checks: CheckCounts;
  /** What the scenario must reach now and then, and whether this run has. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  /** Whether the run was stopped before its end. */
  readonly isStopped?: boolean;
}

/** A line of a trace. */
export type TraceLine =
  | { readonly kind: 'header'; readonly header: TraceHeader }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'end'; readonly end: TraceEnd };

/** Thrown for a line that is no trace line: says what is wrong, without the line number. */
export class TraceLineError extends Error {
  override readonly name = 'TraceLineError';
}

/** The header as its line, without the line break. */
export function formatHeader(header: TraceHeader): string {
  const { initialState, initialFindings, ...rest } = header;
  return JSON.stringify({
    'phasmoscope-trace': TRACE_VERSION,
    ...rest,
    initialState: encodeValue(initialState),
    ...(initialFindings.length > 0 ? { initialFindings } : {}),
  });
}

/** A step as its line, without the line break. What is empty is left out. */
export function formatStep(step: Step): string {
  return JSON.stringify({
    step: step.stepIndex,
    operation: encodeOperation(step.operation),
    outcome: encodeOutcome(step.outcome),
    ...unlessEmpty('actions', step.actions, encodeAction),
    ...unlessEmpty('discarded', step.discarded, encodeAction),
    ...unlessEmpty('refused', step.refused, encodeAction),
    ...unlessEmpty('lost', step.lost, encodeAction),
    ...unlessEmpty('patch', step.patch, encodeChange),
    ...unlessEmpty('attempted', step.attempted, encodeChange),
    ...(step.stateHash === undefined ? {} : { stateHash: step.stateHash }),
    ...unlessEmpty('findings', step.findings, ({ stepIndex: _, ...finding }) => finding),
    ...unlessEmpty('recovered', step.recovered, (name) => name),
    ...(step.checkpoint ? { checkpoint: encodeValue(step.checkpoint.state) } : {}),
  });
}

/** The end of a trace as its line, without the line break. */
export function formatEnd(end: TraceEnd): string {
  return JSON.stringify({ end });
}

function unlessEmpty<Key extends string, Item>(
  key: Key,
  items: readonly Item[],
  encode: (item: Item) => unknown,
): { readonly [K in Key]?: readonly unknown[] } {
  return items.length === 0 ? {} : ({ [key]: items.map(encode) } as { [K in Key]: unknown[] });
}

/** An operation as JSON; {@link parseOperation} reads it. */
export function encodeOperation(operation: Operation): unknown {
  switch (operation.kind) {
    case 'input':
      return { ...operation, input: encodeValue(operation.input as Value) };
    case 'completion':
    case 'loss': {
      const { id, result, ...rest } = operation;
      return { ...rest, id: encodeValue(id), result: encodeValue(result as Value) };
    }
    case 'crash':
    case 'restore':
    case 'settled':
      return operation;
    default:
      return assertNever(operation, 'operation');
  }
}

/** @throws {TraceLineError} for what is no operation. */
export function parseOperation(json: unknown): Operation {
  return explained(() => operation.parse(json) as Operation);
}

function encodeOutcome(outcome: Outcome): unknown {
  return outcome.kind === 'err'
    ? { kind: 'err', error: encodeValue(outcome.error as Value) }
    : outcome;
}

function encodeAction(emitted: EmittedAction): unknown {
  const action = encodeValue(emitted.action as Value);
  return emitted.kind === 'tracked'
    ? { kind: 'tracked', id: encodeValue(emitted.id), action }
    : { kind: 'untracked', action };
}

function encodeChange(change: Change): unknown {
  const path = change.path.map((segment) =>
    typeof segment === 'object' ? { mapKey: encodeValue(segment.mapKey) } : segment,
  );
  switch (change.kind) {
    case 'added':
    case 'changed':
      return [change.kind, path, encodeValue(change.value)];
    case 'removed':
      return [change.kind, path];
    case 'spliced':
      return [change.kind, path, change.index, change.removed, change.inserted.map(encodeValue)];
    default:
      return assertNever(change, 'change');
  }
}

// zod writes optional keys as `key?: T | undefined`, which `exactOptionalPropertyTypes` tells apart
// from `key?: T`: hence the casts below. What they assert is what each schema parses.
const value = z.unknown().transform(decodeValue);
const actionId = value.refine(
  (id) => typeof id === 'number' || typeof id === 'string' || typeof id === 'bigint',
  'an id is a number, a text or a bigint',
);
const count = z.number().int().nonnegative();

const segment = z.union([
  z.string(),
  count,
  z.strictObject({ mapKey: value }).transform((key): PathSegment => ({ mapKey: key.mapKey })),
]);
const path = z.array(segment) as unknown as z.ZodType<Path>;

const change = z.union([
  z
    .tuple([z.enum(['added', 'changed']), path, value])
    .transform(([kind, at, item]): Change => ({ kind, path: at, value: item })),
  z.tuple([z.literal('removed'), path]).transform(([kind, at]): Change => ({ kind, path: at })),
  z
    .tuple([z.literal('spliced'), path, count, count, z.array(value)])
    .transform(([kind, at, index, removed, inserted]): Change => ({
      kind,
      path: at,
      index,
      removed,
      inserted,
    })),
]);

const action = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tracked'), id: actionId, action: value }),
  z.object({ kind: z.literal('untracked'), action: value }),
]);

const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['crashAtAccess', 'accessFails']), access: count }),
  z.object({ kind: z.enum(['crashBeforeCommit', 'commitFails']) }),
  z.object({ kind: z.literal('actionRefused'), action: count }),
]);

const surroundings = {
  fault: fault.optional(),
  externalFailures: z.array(z.boolean()).optional(),
};

const operation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('input'), input: value, ...surroundings }),
  z.object({
    kind: z.literal('completion'),
    id: actionId,
    result: value,
    ...surroundings,
    isDuplicate: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('crash'), dispatched: count }),
  z.object({ kind: z.literal('restore'), ...surroundings }),
  z.object({ kind: z.literal('loss'), id: actionId, result: value }),
  z.object({
    kind: z.literal('settled'),
    isEndless: z.literal(true).optional(),
    isDown: z.literal(true).optional(),
  }),
]);

const thrown = z.object({ name: z.string(), message: z.string(), source: z.string().optional() });

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok') }),
  z.object({ kind: z.literal('err'), error: value }),
  z.object({ kind: z.literal('panic'), error: thrown }),
  z.object({ kind: z.literal('crashed') }),
]);

/** What a finding is likely to follow from, in a file. */
export const caughtFailureSchema = z.object({
  kind: z.enum(['ActionRefused', 'StorageFailed']),
  stepIndex: count,
  what: z.string(),
  source: z.string().exactOptional(),
});

const finding = thrown.extend({
  kind: z.enum(FINDING_KINDS),
  expected: z.string().optional(),
  actual: z.string().optional(),
  shape: z.string().optional(),
  caught: caughtFailureSchema.optional(),
});

const hash = z.string().regex(/^[0-9a-f]{32}$/, 'a digest has 32 hexadecimal digits');

const stepLine = z
  .object({
    step: count,
    operation,
    outcome,
    actions: z.array(action).default([]),
    discarded: z.array(action).default([]),
    refused: z.array(action).default([]),
    lost: z.array(action).default([]),
    patch: z.array(change).default([]),
    attempted: z.array(change).default([]),
    stateHash: hash.optional(),
    findings: z.array(finding).default([]),
    recovered: z.array(z.string()).default([]),
    checkpoint: z.unknown().optional(),
  })
  .transform(({ step: stepIndex, checkpoint, findings, ...rest }) => ({
    stepIndex,
    ...rest,
    findings: findings.map((found) => ({
      shape: shapeOf(rest.operation as Operation),
      ...found,
      stepIndex,
    })),
    ...(checkpoint === undefined ? {} : { checkpoint: { state: decodeValue(checkpoint) } }),
  })) as unknown as z.ZodType<Step>;

const headerLine = z
  .object({
    'phasmoscope-trace': z.literal(TRACE_VERSION),
    machine: z.string(),
    sourceHash: hash.optional(),
    scenario: z.string(),
    seed: seedSchema,
    operationsMax: count,
    faults: z.string(),
    invariants: z.array(z.string()),
    rules: z.array(z.enum(RULE_NAMES as [RuleName, ...RuleName[]])),
    waivers: z
      .partialRecord(z.enum(RULE_NAMES as [RuleName, ...RuleName[]]), z.string())
      .default({}),
    shrunkFrom: z
      .object({
        steps: count,
        stepIndices: z.array(count),
        signature: z
          .string()
          .refine(isSignature, 'this is no signature')
          .transform(currentSignature),
      })
      .optional(),
    initialState: value,
    initialHash: hash,
    initialFindings: z.array(finding).default([]),
  })
  .transform(({ 'phasmoscope-trace': _, initialFindings, ...rest }) => ({
    ...rest,
    initialFindings: initialFindings.map((found) => ({
      shape: 'initial state',
      ...found,
      stepIndex: -1,
    })),
  })) as unknown as z.ZodType<TraceHeader>;

const endLine = z.object({
  end: z.object({
    steps: count,
    operations: count,
    tallies: z.record(z.string(), z.number()),
    checks: z.object({
      evaluated: count,
      carriedOver: count,
      skipped: count.default(0),
      rules: z.partialRecord(z.enum(RULE_NAMES as [RuleName, ...RuleName[]]), count).default({}),
      settled: z.record(z.string(), count).default({}),
    }),
    sometimes: z.record(z.string(), z.boolean()).default({}),
    isStopped: z.boolean().optional(),
  }),
}) as unknown as z.ZodType<{ end: TraceEnd }>;

/**
 * Upgrades of parsed headers, from the version that is the index plus one to the next. The lines
 * after the header kept their form so far: what was added to them has a default.
 */
const UPGRADES: readonly ((json: object) => object)[] = [
  // There was one rule, and it was always asked.
  (header) => ({ ...header, 'phasmoscope-trace': 2, rules: ['atomicity'] }),
  // There were no tables.
  (header) => ({ ...header, 'phasmoscope-trace': 3 }),
];

/**
 * Reads one line of a trace.
 *
 * @param text the line, without its line break.
 * @throws {TraceLineError} for what is no trace line, or of a newer version.
 */
export function parseLine(text: string): TraceLine {
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TraceLineError('a trace line is a JSON object');
  }
  return explained((): TraceLine => {
    if ('step' in json) return { kind: 'step', step: stepLine.parse(json) };
    if ('end' in json) return { kind: 'end', ...endLine.parse(json) };
    return { kind: 'header', header: headerLine.parse(upgrade(json)) };
  });
}

/** Says in one sentence why something could not be parsed. */
function explained<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof z.ZodError) throw new TraceLineError(explain(error));
    if (error instanceof DecodeError) throw new TraceLineError(error.message);
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TraceLineError(`no JSON: ${(error as Error).message}`);
  }
}

function upgrade(json: object): unknown {
  if (!('phasmoscope-trace' in json)) {
    throw new TraceLineError(
      'no Phasmoscope trace: its first line would hold "phasmoscope-trace" with a version',
    );
  }
  const version = json['phasmoscope-trace'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new TraceLineError(`"phasmoscope-trace" is a version number, not ${String(version)}`);
  }
  if (version > TRACE_VERSION) {
    throw new TraceLineError(
      `written in version ${version} of the format, newer than ${TRACE_VERSION}, which this ` +
        'Phasmoscope reads; update Phasmoscope to open it',
    );
  }
  return UPGRADES.slice(version - 1).reduce<object>((older, next) => next(older), json);
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'not of the expected form';
  const place = issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  return `not of the expected form${place}: ${issue.message}`;
}
