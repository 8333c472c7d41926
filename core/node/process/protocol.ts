import { z } from 'zod';
import type { StfInput } from '../../machine/machine.ts';
import { findNamesProblem } from '../../machine/names.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import { messageOf } from '../../thrown.ts';
import { change } from '../../trace/format/codecs.ts';
import { valueAt } from '../../value/container.ts';
import { decodeValue, encodeValue } from '../../value/encoding.ts';
import { applyPatches, type Change, type Patch } from '../../value/patch.ts';
import { share } from '../../value/share.ts';
import type { Value } from '../../value/value.ts';

/**
 * The messages between Phasmoscope and a machine in a process of its own. PROTOCOL.md in this folder
 * defines them for authors; these schemas check them. They are loose: unknown members of an answer are
 * ignored, so that a later version can add some.
 */

/** The versions of the protocol, the oldest first. In version 2, states travel as changes. */
export const PROTOCOL_VERSIONS = [1, 2] as const;

/** A version of the protocol. */
export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number];

/** The methods of the protocol; `undo` only since version 2. */
export type Method =
  | 'initialize'
  | 'stf'
  | 'restore'
  | 'undo'
  | 'checkInvariants'
  | 'saveState'
  | 'loadState';

/** A request: one line on the standard input of the process. */
export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * The parameters of `initialize`: the process chooses one of the versions. Those that know only the
 * first version look for `protocolVersion` alone.
 */
export function initializeParams(versions: readonly ProtocolVersion[]): Request['params'] {
  return { protocolVersion: versions[0], versions };
}

/** Says which version a process speaks that speaks none of those that it was offered. */
export function describeVersions(answered: number, offered: readonly ProtocolVersion[]): string {
  const ours = offered.length === 1 ? `version ${offered[0]}` : `versions ${offered.join(' and ')}`;
  return `protocolVersion: it speaks version ${answered} of the protocol, and Phasmoscope ${ours}`;
}

/** The parameters of `stf` for an input, or for the completion of a tracked action. */
export function stfParams(given: StfInput): Request['params'] {
  if (given.kind === 'normal') return { input: encodeValue(given.input as Value) };
  const { id, result } = given;
  return { completed: { id: encodeValue(id), result: encodeValue(result as Value) } };
}

const panicSchema = z.object({
  message: z.string(),
  /** The kind of error, such as `KeyError`. */
  name: z.string().optional(),
  /** Where in the author's source, as `file:line` or `file:line:column`. */
  source: z.string().optional(),
  /** The state as the panic left it, if it had changed, */
  state: z.unknown().optional(),
  /** or, since version 2, how it differs from the one before. */
  changes: z.unknown().optional(),
});

/** A defect of the machine, as its process reports it. */
export type ReportedPanic = z.infer<typeof panicSchema>;

/** A line on the standard output of a process: the answer to the oldest request without one. */
export const answerSchema = z.union([
  z.object({ id: z.number().int(), result: z.record(z.string(), z.unknown()) }),
  z.object({ id: z.number().int(), error: panicSchema }),
]);

/** An answer of a process. */
export type Answer = z.infer<typeof answerSchema>;

/** How the process begins. */
export const initializeSchema = z.object({
  protocolVersion: z.number(),
  name: z.string(),
  invariants: z.array(z.string()).superRefine((names, context) => {
    const message = findNamesProblem('invariants', names);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
  state: z.unknown().optional(),
});

const actionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tracked'), id: z.unknown(), action: z.unknown() }),
  z.object({ kind: z.literal('untracked'), action: z.unknown() }),
]);

/** The answer to `stf` and `restore`. */
export const stepSchema = z.object({
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ok') }),
    z.object({ kind: z.literal('err'), error: z.unknown() }),
  ]),
  actions: z.array(actionSchema),
  /** Absent when it is unchanged, */
  state: z.unknown().optional(),
  /** or, since version 2, given by its changes. */
  changes: z.unknown().optional(),
});

/** How a step ended in the process. */
export type StepAnswer = z.infer<typeof stepSchema>;

const changesSchema = z.array(change);

/** Thrown for a member of an answer that cannot be read: the message begins with its name. */
export class UnreadableStateError extends Error {
  override readonly name = 'UnreadableStateError';
}

/**
 * The state that an answer reports, whole or by its changes. What is as before keeps its identity.
 *
 * @returns `before` itself when nothing changed.
 * @throws {UnreadableStateError} when it is not an encoded value, or the changes do not fit `before`.
 */
export function stateAfter(
  before: Value,
  reported: Pick<StepAnswer, 'state' | 'changes'>,
  version: ProtocolVersion,
): Value {
  const changes = version === 1 ? undefined : reported.changes;
  if (changes === undefined) {
    return reported.state === undefined ? before : share(before, readState(reported.state));
  }
  if (reported.state !== undefined) {
    throw new UnreadableStateError(
      'changes: there is a state as well, and only one of them counts',
    );
  }
  const fitted = fit(changesSchema, changes);
  if (fitted.kind === 'misfit') {
    throw new UnreadableStateError(`changes.${describeMisfit(fitted.misfit)}`);
  }
  try {
    return applyChanges(before, fitted.value);
  } catch (error) {
    throw new UnreadableStateError(`changes: ${messageOf(error)}`);
  }
}

function readState(encoded: unknown): Value {
  try {
    return decodeValue(encoded);
  } catch (error) {
    throw new UnreadableStateError(`state: it is not an encoded value: ${messageOf(error)}`);
  }
}

/** Applies changes that may report more than what has changed, such as a whole list for one of its items. */
function applyChanges(before: Value, changes: Patch): Value {
  let isSame = true;
  const patch = changes.map((one): Change => {
    const was = one.kind === 'changed' ? valueAt(before, one.path) : undefined;
    if (one.kind !== 'changed' || !was?.found) {
      isSame = false;
      return one;
    }
    const value = share(was.value, one.value);
    isSame &&= Object.is(value, was.value);
    return { ...one, value };
  });
  return isSame ? before : applyPatches(before, [patch]);
}

/** The answer to `checkInvariants`, by the names that `initialize` gave. */
export const verdictsSchema = z.record(z.string(), z.union([z.boolean(), z.string()]));

/** Whether each invariant holds, or what is wrong. */
export type Verdicts = z.infer<typeof verdictsSchema>;

/** The answer to `saveState`. */
export const savedSchema = z.object({ state: z.unknown() });
