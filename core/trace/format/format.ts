import { z } from 'zod';
import type { CheckCounts } from '../../engine/executor.ts';
import { shapeOf } from '../../engine/signature.ts';
import { keysOf } from '../../keys-of.ts';
import { PRINTED_MAX, PROPERTIES_MAX } from '../../limits.ts';
import type { Finding } from '../../machine/finding.ts';
import { withCurrentKind, type Operation } from '../../machine/operation.ts';
import { formatCount } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import { JsonError, JsonRefusedError, parseJson } from '../../value/json.ts';
import type { Value } from '../../value/value.ts';
import {
  action,
  change,
  complete,
  count,
  finding,
  hash,
  listOf,
  operation,
  outcome,
  printed,
  ruleName,
  value,
  type FindingInFile,
} from './codecs.ts';
import { headerSchema, type TraceHeader } from './header.ts';
import { noteSchema, type Note } from './notes.ts';
import { readerOf, readerWith, UNREAD } from './reader.ts';
import { TRACE_VERSION, upgrade } from './upgrades.ts';
import { writerOf } from './writer.ts';

/**
 * THE PARTS OF A STEP, in the order in which they are written. The type of a step, reading, writing and
 * the words of the window follow from this table; `differingParts` says when two executions agree in one.
 */
const PARTS = {
  operation,
  outcome,
  actions: listOf(action),
  /** Emitted before a rollback: never sent. */
  discarded: listOf(action),
  /** Not accepted by the actions container. */
  refused: listOf(action),
  /** Kept from being dispatched by the crash that this step is. */
  lost: listOf(action),
  /** From the state before to the state after; empty when the step left it unchanged. */
  patch: listOf(change),
  /** What a step that was rolled back had changed. */
  attempted: listOf(change),
  /** Digest of the state after a step that changed it. */
  stateHash: hash.exactOptional(),
  findings: listOf(finding),
  /** Invariants that failed until this step and hold again. */
  recovered: listOf(z.string()),
};

/** The name of a part of a step, in which two executions may differ. */
export type StepPart = keyof typeof PARTS;

/** The names of the parts of a step, in the order in which they are written. */
export const STEP_PARTS = keysOf(PARTS);

const checkpoint = z.codec(value, z.custom<{ readonly state: Value }>(), {
  decode: (state) => ({ state }),
  encode: ({ state }) => state,
});

const stepBody = z.object({
  ...PARTS,
  /** What was printed in the step; no part of what is compared. */
  output: z
    .array(printed)
    .max(PRINTED_MAX + 2)
    .readonly()
    .default([]),
  /** The whole state after the step, now and then. */
  checkpoint: checkpoint.exactOptional(),
});
const stepLine = stepBody.extend({ step: count });
const readBody = readerWith(stepBody, { stepIndex: -1 });
const readPatch = readerOf(PARTS.patch);

/** One step of a trace, as recorded. */
export type Step = Readonly<Omit<z.output<typeof stepBody>, 'findings'>> & {
  readonly stepIndex: number;
  readonly findings: readonly Finding[];
};

const NONE: readonly never[] = [];

/** A step in which nothing but this happened: an input that is accepted changes nothing, for instance. */
export function stepWith(parts: Pick<Step, 'stepIndex' | 'operation'> & Partial<Step>): Step {
  return {
    outcome: { kind: 'ok' },
    actions: NONE,
    discarded: NONE,
    refused: NONE,
    lost: NONE,
    patch: NONE,
    attempted: NONE,
    findings: NONE,
    recovered: NONE,
    output: NONE,
    ...parts,
  };
}

/** Something for each of the names that a scenario gives. */
function named<Item extends z.ZodType>(item: Item) {
  return z
    .record(z.string(), item)
    .refine(
      (record) => Object.keys(record).length <= PROPERTIES_MAX,
      `must have at most ${formatCount(PROPERTIES_MAX)} names`,
    );
}

/** The content of the closing line. */
export const endSchema = z.object({
  steps: count,
  operations: count,
  tallies: named(z.number()),
  /** What the scenario must reach now and then, and whether this run has. */
  sometimes: named(z.boolean()).default({}),
  checks: complete<CheckCounts>()(
    z.object({
      evaluated: count,
      carriedOver: count,
      skipped: count.default(0),
      rules: z.partialRecord(ruleName, count).default({}),
      settled: named(count).default({}),
    }),
  ),
  /** Whether the run was stopped before its end. */
  isStopped: z.boolean().exactOptional(),
});

/** The last line of a trace: it says that nothing is missing, and what was counted. */
export type TraceEnd = Readonly<z.output<typeof endSchema>>;

/** A line of a trace. */
export type TraceLine =
  | {
      readonly kind: 'header';
      readonly header: TraceHeader;
      /** The version of the format that the lines after it are written in. */
      readonly version: number;
    }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'end'; readonly end: TraceEnd };

/** Thrown for text that is not a line of a trace: names the field, but not the line number. */
export class TraceLineError extends Error {
  override readonly name = 'TraceLineError';
}

const writeHeader = writerOf(headerSchema) as (memory: TraceHeader) => object;
const writeBody = writerOf(stepBody) as (memory: Step) => object;
const writeOperation = writerOf(operation);
const writeNote = writerOf(noteSchema);

/** The header as its line, without the line break. */
export function formatHeader(given: TraceHeader): string {
  return JSON.stringify({ 'phasmoscope-trace': TRACE_VERSION, ...writeHeader(given) });
}

/** A step as its line, without the line break. Empty lists are left out. */
export function formatStep(step: Step): string {
  return JSON.stringify({ step: step.stepIndex, ...writeBody(step) });
}

/** A note as its line, without the line break. Notes stand between the last step and the closing line. */
export function formatNote(note: Note): string {
  return JSON.stringify({ note: writeNote(note) });
}

/** The end of a trace as its line, without the line break. */
export function formatEnd(given: TraceEnd): string {
  return JSON.stringify({ end: given });
}

/** An operation as JSON; {@link parseOperation} reads it. */
export function encodeOperation(given: Operation): unknown {
  return writeOperation(given);
}

/**
 * Reads an operation that this or an earlier version has written.
 *
 * @throws {TraceLineError} for JSON that is not an operation.
 */
export function parseOperation(json: unknown): Operation {
  return parse(operation, withCurrentKind(json));
}

/**
 * Reads one line of a trace.
 *
 * @param text the line, without its line break.
 * @param version of the format that the line is written in, as its header says; a header is read in
 * its own.
 * @throws {TraceLineError} for text that is not a line of a trace, or of a newer version.
 */
export function parseLine(text: string, version: number = TRACE_VERSION): TraceLine {
  const json = jsonOf(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TraceLineError('a line of a trace must be a JSON object');
  }
  if ('step' in json) {
    return { kind: 'step', step: readStep(upgrade('step', json, version) as StepJson) };
  }
  if ('note' in json) return { kind: 'note', ...parse(z.object({ note: noteSchema }), json) };
  if ('end' in json) return { kind: 'end', ...parse(z.object({ end: endSchema }), json) };
  const own = versionOf(json);
  const parsed = parse(headerSchema, upgrade('header', json, own));
  return { kind: 'header', header: toHeader(parsed), version: own };
}

/** What a step made of the state, from its line, which was checked before; the rest of it is not read. */
export function changeOfLine(text: string): Pick<Step, 'patch' | 'stateHash'> {
  const { patch, stateHash } = JSON.parse(text) as {
    readonly patch?: unknown;
    readonly stateHash?: string;
  };
  const read = readPatch(patch);
  return {
    patch: read === UNREAD ? PARTS.patch.parse(patch) : read,
    ...(stateHash === undefined ? {} : { stateHash }),
  };
}

function toHeader({ initialFindings, ...rest }: z.output<typeof headerSchema>): TraceHeader {
  return {
    ...rest,
    initialFindings: initialFindings.map((found) => placed(found, -1, 'initial state')),
  };
}

/** A line of a step as JSON, before anything but this is known of it. */
interface StepJson {
  readonly step: unknown;
}

/** @throws {TraceLineError} that names the field, for what is not a step. */
function readStep(json: StepJson): Step {
  const stepIndex = json.step;
  const read = isIndex(stepIndex) ? readBody(json) : UNREAD;
  if (!isIndex(stepIndex) || read === UNREAD) {
    const { step, ...body } = parse(stepLine, json);
    return { stepIndex: step, ...body, findings: placedAll(body, step) };
  }
  read.stepIndex = stepIndex;
  if (read.findings.length > 0) read.findings = placedAll(read, stepIndex);
  return read as Step;
}

/** What {@link count} accepts. */
function isIndex(json: unknown): json is number {
  return Number.isSafeInteger(json) && (json as number) >= 0;
}

function placedAll(
  { findings, operation: given }: z.output<typeof stepBody>,
  stepIndex: number,
): readonly Finding[] {
  const ownShape = shapeOf(given);
  return findings.map((found) => placed(found, stepIndex, ownShape));
}

/**
 * A finding from a file, at its step.
 *
 * @param shape that of findings that were written without one.
 */
export function placed(found: FindingInFile, stepIndex: number, shape: string): Finding {
  return { shape, ...found, stepIndex };
}

function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const fitted = fit(schema, json);
  if (fitted.kind === 'fits') return fitted.value;
  throw new TraceLineError(describeMisfit(fitted.misfit, 'the line'));
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const { message } = error;
    throw new TraceLineError(
      error instanceof JsonRefusedError ? message : `not valid JSON: ${message}`,
    );
  }
}

function versionOf(json: object): number {
  if (!('phasmoscope-trace' in json)) {
    throw new TraceLineError(
      'not a Phasmoscope trace, whose first line has "phasmoscope-trace" with a version',
    );
  }
  const version = json['phasmoscope-trace'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new TraceLineError(
      `"phasmoscope-trace" must be a version number, not ${String(version)}`,
    );
  }
  if (version > TRACE_VERSION) {
    throw new TraceLineError(
      `written in version ${version} of the format, newer than ${TRACE_VERSION}, which this ` +
        'Phasmoscope reads; update Phasmoscope to open it',
    );
  }
  return version;
}
