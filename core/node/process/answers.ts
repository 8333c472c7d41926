import { STEP_ACTIONS_MAX } from '../../limits.ts';
import { err, ok, type StfOutcome } from '../../machine/machine.ts';
import { formatCount } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import { messageOf } from '../../thrown.ts';
import { decodeValue } from '../../value/encoding.ts';
import type { Value } from '../../value/value.ts';
import type { Call, MachineProcess } from './machine-process.ts';
import {
  describeVersions,
  initializeSchema,
  PROTOCOL_VERSIONS,
  stateAfter,
  stepSchema,
  UnreadableStateError,
  verdictsSchema,
  type Answer,
  type ProtocolVersion,
  type StepAnswer,
  type Verdicts,
} from './protocol.ts';

/** @file Reads the answers of a process. One that is malformed ends the process, and throws. */

type Method = Call['method'];

/** How a machine begins, according to its process. */
export interface Beginning {
  readonly version: ProtocolVersion;
  readonly invariants: readonly string[];
  readonly state: object;
}

/** Returns the result of an answer that must not be an error. */
export function resultOf(
  process: MachineProcess,
  method: Method,
  answer: Answer | undefined,
): unknown {
  if (answer && 'result' in answer) return answer.result;
  throw process.refuse(method, `it is the error ${JSON.stringify(answer?.error.message)}`);
}

/**
 * Reads the answer to `initialize`.
 *
 * @param name that the machine file declares.
 * @param offered versions of which the process has chosen one.
 */
export function readBeginning(
  process: MachineProcess,
  answer: Answer | undefined,
  name: string,
  offered: readonly ProtocolVersion[],
): Beginning {
  const refuse = (what: string) => process.refuse('initialize', what);
  const reported = fit(initializeSchema, resultOf(process, 'initialize', answer));
  if (reported.kind === 'misfit') throw refuse(describeMisfit(reported.misfit));
  const { protocolVersion, invariants } = reported.value;
  const version = PROTOCOL_VERSIONS.find((one) => one === protocolVersion);
  if (version === undefined || !offered.includes(version)) {
    throw refuse(describeVersions(protocolVersion, offered));
  }
  if (reported.value.name !== name) {
    throw refuse(
      `name: it is the machine ${JSON.stringify(reported.value.name)}, and the machine file declares ${JSON.stringify(name)}`,
    );
  }
  return { version, invariants, state: readState(process, 'initialize', reported.value.state) };
}

/** Reads a whole state. */
export function readState(process: MachineProcess, method: Method, encoded: unknown): object {
  if (encoded === undefined) throw process.refuse(method, 'state: it is missing');
  return requireObject(process, method, readValue(process, method, 'state', encoded));
}

function requireObject(process: MachineProcess, method: Method, state: Value): object {
  if (typeof state === 'object' && state !== null) return state;
  throw process.refuse(method, 'state: it is not an object');
}

/** Reads the state after a step, whole or by its changes; `before` itself when nothing changed. */
export function readStateAfter(
  process: MachineProcess,
  method: Method,
  before: object,
  reported: Pick<StepAnswer, 'state' | 'changes'>,
  version: ProtocolVersion,
): object {
  try {
    return requireObject(process, method, stateAfter(before as Value, reported, version));
  } catch (error) {
    if (error instanceof UnreadableStateError) throw process.refuse(method, error.message);
    throw error;
  }
}

/** Reads the form of a step's answer; its values are read by the other functions. */
export function readStep(
  process: MachineProcess,
  method: Method,
  answer: Answer | undefined,
): StepAnswer {
  const fitted = fit(stepSchema, resultOf(process, method, answer));
  if (fitted.kind === 'fits') return fitted.value;
  throw process.refuse(method, describeMisfit(fitted.misfit));
}

/** Reads how a step ended. */
export function readOutcome(
  process: MachineProcess,
  method: Method,
  { outcome }: StepAnswer,
): StfOutcome<unknown> {
  if (outcome.kind === 'ok') return ok();
  return err(readValue(process, method, 'outcome.error', outcome.error));
}

/** An action that a step in a process added. */
export type OfferedAction =
  | { readonly kind: 'tracked'; readonly id: string | number | bigint; readonly action: Value }
  | { readonly kind: 'untracked'; readonly action: Value };

/** Reads the actions of a step. */
export function readActions(
  process: MachineProcess,
  method: Method,
  { actions }: StepAnswer,
): readonly OfferedAction[] {
  if (actions.length > STEP_ACTIONS_MAX) {
    const limit = `a step has at most ${formatCount(STEP_ACTIONS_MAX)}`;
    throw process.refuse(method, `actions: it has ${formatCount(actions.length)}, and ${limit}`);
  }
  return actions.map((reported, index) => {
    const action = readValue(process, method, `actions.${index}.action`, reported.action);
    if (reported.kind === 'untracked') return { kind: 'untracked', action };
    const id = readValue(process, method, `actions.${index}.id`, reported.id);
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') {
      return { kind: 'tracked', id, action };
    }
    throw process.refuse(method, `actions.${index}.id: it must be a number, a string or a bigint`);
  });
}

/** Reads the verdicts on a state: one for each invariant that `initialize` named. */
export function readVerdicts(
  process: MachineProcess,
  answer: Answer | undefined,
  names: readonly string[],
): Verdicts {
  if (answer && 'error' in answer) {
    // Which of the invariants panicked is not known, so none of them has a verdict.
    const verdict = `checkInvariants panicked: ${answer.error.message}`;
    return Object.fromEntries(names.map((name) => [name, verdict]));
  }
  const fitted = fit(verdictsSchema, answer?.result);
  if (fitted.kind === 'misfit') {
    throw process.refuse('checkInvariants', describeMisfit(fitted.misfit));
  }
  const verdicts = fitted.value;
  const given = Object.keys(verdicts);
  const missing = names.find((name) => !Object.hasOwn(verdicts, name));
  const unknown = given.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw process.refuse('checkInvariants', `it has no verdict on ${JSON.stringify(missing)}`);
  }
  if (unknown !== undefined) {
    const name = JSON.stringify(unknown);
    throw process.refuse('checkInvariants', `it names ${name}, and initialize did not`);
  }
  return verdicts;
}

function readValue(
  process: MachineProcess,
  method: Method,
  field: string,
  encoded: unknown,
): Value {
  try {
    return decodeValue(encoded);
  } catch (error) {
    throw process.refuse(method, `${field}: it is not an encoded value: ${messageOf(error)}`);
  }
}
