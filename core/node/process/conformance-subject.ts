import { describeMisfit, fit, type Misfit } from '../../text/schema.ts';
import { messageOf } from '../../thrown.ts';
import { valueAt } from '../../value/container.ts';
import { diff } from '../../value/diff.ts';
import { decodeValue, encodeValue } from '../../value/encoding.ts';
import { formatPath, type Path } from '../../value/path.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { MachineProcess, type Call, type ProcessStart } from './machine-process.ts';
import {
  describeVersions,
  initializeParams,
  initializeSchema,
  PROTOCOL_VERSIONS,
  savedSchema,
  stateAfter,
  stepSchema,
  type Answer,
  type ProtocolVersion,
  type StepAnswer,
} from './protocol.ts';

/** Thrown by a check that fails: what is wrong, and which field to correct by which rule. */
export class NotKept extends Error {
  readonly remedy: string;

  constructor(cause: string, remedy: string) {
    super(cause);
    this.remedy = remedy;
  }
}

/** How a process says that it begins. */
interface Beginning {
  readonly version: ProtocolVersion;
  readonly invariants: readonly string[];
  readonly state: Value;
}

/** A step, with the state to which it led, however the process has reported it. */
export interface SubjectStep extends Pick<StepAnswer, 'outcome' | 'actions'> {
  readonly state: Value;
}

/** The process that is checked. After a failure it is started again for the next check. */
export class Subject {
  readonly #start: ProcessStart;
  readonly #versions: readonly ProtocolVersion[];
  #process: MachineProcess | undefined;
  #beginning: Beginning | undefined;
  /** The state that the process should have. */
  #state: Value;

  /** @param versions of the protocol that it is offered. */
  constructor(start: ProcessStart, versions: readonly ProtocolVersion[]) {
    this.#start = start;
    this.#versions = versions;
  }

  async close(): Promise<void> {
    await this.#process?.close();
  }

  /** Returns a process that has answered `initialize`, and its answer. */
  async begin(): Promise<{ process: MachineProcess; beginning: Beginning }> {
    if (this.#process?.hasFailed === false && this.#beginning) {
      return { process: this.#process, beginning: this.#beginning };
    }
    await this.close();
    const process = new MachineProcess(this.#start);
    this.#process = process;
    const params = initializeParams(this.#versions);
    const [answer] = await process.ask([{ method: 'initialize', params }]);
    const beginning = readBeginning(answer, this.#versions);
    this.#beginning = beginning;
    this.#state = beginning.state;
    return { process, beginning };
  }

  /** Starts another process of the same machine, which is checked from now on. */
  async beginAnew(): Promise<void> {
    await this.close();
    this.#process = undefined;
    await this.begin();
  }

  async ask(...calls: readonly Call[]): Promise<readonly Answer[]> {
    const { process } = await this.begin();
    return process.ask(calls);
  }

  /** Returns the result of a request at which the machine must not panic. */
  async result(method: Call['method'], params: Call['params'] = {}): Promise<unknown> {
    const [answer] = await this.ask({ method, params });
    return resultOf(method, answer);
  }

  async saved(): Promise<Value> {
    return readSaved(await this.result('saveState'));
  }

  async load(state: Value): Promise<void> {
    await this.result('loadState', { state: encodeValue(state) });
    this.#state = state;
  }

  /** Takes a step from the state that the process has. */
  async step(method: 'stf' | 'restore', params: Call['params']): Promise<SubjectStep> {
    const { version } = (await this.begin()).beginning;
    const answer = fit(stepSchema, await this.result(method, params));
    if (answer.kind === 'misfit') {
      throw new NotKept(
        `the answer to ${method} ${JSON.stringify(params)} has the wrong form: ${describeMisfit(answer.misfit)}`,
        remedyOf(answer.misfit, `{"outcome":{"kind":"ok"},"actions":[…],${STATE_FORMS[version]}}`),
      );
    }
    const { outcome, actions } = answer.value;
    if (outcome.kind === 'err') decode('outcome.error', outcome.error);
    for (const [index, action] of actions.entries()) {
      decode(`actions.${index}.action`, action.action);
    }
    const what = `the answer to ${method} ${JSON.stringify(params)}`;
    this.#state = readStateAfter(what, this.#state, answer.value, version);
    return { outcome, actions, state: this.#state };
  }

  /** Takes back the last step, which led away from `state`. */
  async undo(state: Value): Promise<void> {
    await this.result('undo');
    this.#state = state;
  }
}

/** How an answer states the state in each version of the protocol. */
const STATE_FORMS: Readonly<Record<ProtocolVersion, string>> = {
  1: '"state":{…}',
  2: '"changes":[…]',
};

/** The form of each field of an answer. */
const FORMS: Readonly<Record<string, string>> = {
  protocolVersion: 'one of the parameter "versions"',
  name: 'the string that the machine file declares',
  invariants: '["the name of an invariant", …]',
  state: 'an object in the encoding of the protocol',
  outcome: '{"kind":"ok"} or {"kind":"err","error":…}',
  actions: '[{"kind":"tracked","id":…,"action":…}, {"kind":"untracked","action":…}]',
  changes: '[["changed",["path"],value], …]',
};

/** How to correct the field that is wrong, or the whole answer. */
export function remedyOf({ path: [field] }: Misfit, whole: string): string {
  const form = FORMS[String(field)];
  return form === undefined ? `Answer ${whole}.` : `Give the field "${String(field)}" as ${form}.`;
}

function readBeginning(answer: Answer | undefined, offered: readonly ProtocolVersion[]): Beginning {
  const reported = fit(initializeSchema, resultOf('initialize', answer));
  if (reported.kind === 'misfit') {
    throw new NotKept(
      `the answer to initialize has the wrong form: ${describeMisfit(reported.misfit)}`,
      remedyOf(reported.misfit, '{"protocolVersion":1,"name":…,"invariants":[…],"state":{…}}'),
    );
  }
  const { protocolVersion, invariants, state } = reported.value;
  const version = PROTOCOL_VERSIONS.find((one) => one === protocolVersion);
  if (version === undefined || !offered.includes(version)) {
    throw new NotKept(
      describeVersions(protocolVersion, offered),
      `Give the field "protocolVersion" as ${FORMS['protocolVersion']}, such as ${offered.at(-1)}.`,
    );
  }
  return { version, invariants, state: decode('state', state) };
}

/** Reads the answer to `saveState`. */
export function readSaved(result: unknown): Value {
  const saved = fit(savedSchema, result);
  if (saved.kind === 'fits') return decode('state', saved.value.state);
  throw new NotKept(
    `the answer to saveState has the wrong form: ${describeMisfit(saved.misfit)}`,
    remedyOf(saved.misfit, '{"state":…}'),
  );
}

function readStateAfter(
  what: string,
  before: Value,
  reported: StepAnswer,
  version: ProtocolVersion,
): Value {
  try {
    return stateAfter(before, reported, version);
  } catch (error) {
    const message = messageOf(error);
    const field = message.startsWith('changes') ? 'changes' : 'state';
    throw new NotKept(`${what} cannot be read: ${message}`, howToTell(field, message));
  }
}

function howToTell(field: 'state' | 'changes', message: string): string {
  if (field === 'state' || message.includes('encoding')) return howToEncode(field);
  return `Give the field "changes" as ${FORMS['changes']}, in order: each change is applied to what those before it have led to.`;
}

/** Returns the result of an answer at which the machine must not panic. */
export function resultOf(method: Call['method'], answer: Answer | undefined): unknown {
  if (answer && 'result' in answer) return answer.result;
  const rejection =
    method === 'stf'
      ? ' Reject an input with the field "outcome" as {"kind":"err","error":…}.'
      : '';
  throw new NotKept(
    `${method} was answered with the error ${JSON.stringify(answer?.error.message)}`,
    `Correct what panics: the field "error" says that the machine is defective.${rejection}`,
  );
}

function howToEncode(field: string): string {
  return `In the field "${field}", an object with a key that starts with $ is taken for an encoding: write such an object as {"$object":[…]}.`;
}

function decode(field: string, encoded: unknown): Value {
  try {
    return decodeValue(encoded);
  } catch (error) {
    throw new NotKept(`${field} is not an encoded value: ${messageOf(error)}`, howToEncode(field));
  }
}

const QUOTED_CHARS_MAX = 200;
/** How much of a long text is shown before the place where it differs. */
const CONTEXT_CHARS = 40;

/** A value as JSON, cut to its part from `from` on. */
export function quote(value: unknown, from = 0): string {
  const text = JSON.stringify(value) ?? 'nothing';
  const start = text.length <= QUOTED_CHARS_MAX ? 0 : Math.max(0, from - CONTEXT_CHARS);
  const end = start + QUOTED_CHARS_MAX;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

/** Fails where two values differ, with both sides from that place on. */
export function requireSame(actual: Value, expected: Value, what: string, remedy: string): void {
  if (sameValue(actual, expected)) return;
  const path = diff(expected, actual)[0]?.path ?? [];
  const [due, came] = [encodedAt(expected, path), encodedAt(actual, path)];
  const from = firstDifference(JSON.stringify(due) ?? '', JSON.stringify(came) ?? '');
  const place = path.length === 0 ? '' : ` at ${formatPath(path)}`;
  throw new NotKept(
    `${what}${place}: expected ${quote(due, from)}, came ${quote(came, from)}`,
    remedy,
  );
}

function encodedAt(root: Value, path: Path): unknown {
  const found = valueAt(root, path);
  return found.found ? encodeValue(found.value) : undefined;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
