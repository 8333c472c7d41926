import type { ZodError } from 'zod';
import type { StfInput } from '../../machine/machine.ts';
import { ProblemError } from '../../problem.ts';
import { valueAt } from '../../value/container.ts';
import { diff } from '../../value/diff.ts';
import { decodeValue, encodeValue } from '../../value/encoding.ts';
import { formatPath, type Path } from '../../value/path.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { MachineProcess, ProcessError, type Call, type ProcessStart } from './machine-process.ts';
import {
  describeIssue,
  initializeSchema,
  PROTOCOL_VERSION,
  savedSchema,
  stepSchema,
  stfParams,
  verdictsSchema,
  type Answer,
  type StepAnswer,
} from './protocol.ts';

/** One requirement on a process, and whether it is met. */
export interface Check {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'not applicable';
  /** What came instead, or why it was not checked. */
  readonly cause?: string;
  readonly remedy?: string;
}

/** The parameters of `stf`. */
type GivenInput = Call['params'];

/** By then, a process that reads until the end of its input has ended. */
const END_MS_MAX = 2_000;
/** How long to wait for output that nobody asked for. */
const NOISE_MS = 150;

/** Thrown by a check that fails: what is wrong, and what to do. */
class NotKept extends Error {
  readonly remedy: string;

  constructor(cause: string, remedy: string) {
    super(cause);
    this.remedy = remedy;
  }
}

/** Thrown by a check that has nothing to check. */
class NotApplicable extends Error {}

const WITHOUT_INPUTS = 'no inputs were given: --inputs FILE, a JSON array of inputs';

/**
 * Checks a process against everything that the protocol defines, one requirement at a time.
 *
 * @param operations for `stf`, in order; without them, requirements that need a step are not checked.
 * @throws {ProblemError} when the program does not start.
 */
export async function checkConformance(
  start: ProcessStart,
  operations: readonly StfInput[] | undefined,
): Promise<readonly Check[]> {
  const inputs = operations?.map(stfParams);
  const subject = new Subject(start);
  const checks: Check[] = [];
  try {
    for (const [name, check] of CHECKS) {
      const done = await conduct(name, () => check(subject, inputs));
      checks.push(done);
      if (checks.length === 1 && done.status === 'failed') break;
    }
  } finally {
    await subject.close();
  }
  return checks;
}

async function conduct(name: string, check: () => Promise<void>): Promise<Check> {
  try {
    await check();
    return { name, status: 'passed' };
  } catch (error) {
    if (error instanceof NotApplicable) {
      return { name, status: 'not applicable', cause: error.message };
    }
    if (error instanceof NotKept) {
      return { name, status: 'failed', cause: error.message, remedy: error.remedy };
    }
    if (!(error instanceof ProcessError)) throw error;
    if (error.name === 'ProcessNotStarted') throw new ProblemError(error.problem, { cause: error });
    const { title, remedy, details } = error.problem;
    const cause = details === undefined ? title : `${title} ${details}`;
    return { name, status: 'failed', cause, ...(remedy === undefined ? {} : { remedy }) };
  }
}

/** The process that is checked. After a failure it is started again for the next check. */
class Subject {
  readonly #start: ProcessStart;
  #process: MachineProcess | undefined;
  #beginning: Beginning | undefined;

  constructor(start: ProcessStart) {
    this.#start = start;
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
    const params = { protocolVersion: PROTOCOL_VERSION };
    const [answer] = await process.ask([{ method: 'initialize', params }]);
    const told = initializeSchema.safeParse(resultOf('initialize', answer));
    if (!told.success) {
      throw new NotKept(
        `the answer to initialize has the wrong form: ${describeIssue(told.error)}`,
        remedyOf(told.error, '{"protocolVersion":1,"name":…,"invariants":[…],"state":{…}}'),
      );
    }
    this.#beginning = told.data;
    return { process, beginning: told.data };
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
    const saved = savedSchema.safeParse(await this.result('saveState'));
    if (!saved.success) {
      throw new NotKept(
        `the answer to saveState has the wrong form: ${describeIssue(saved.error)}`,
        remedyOf(saved.error, '{"state":…}'),
      );
    }
    return decode('the state of saveState', saved.data.state);
  }

  async load(state: Value): Promise<void> {
    await this.result('loadState', { state: encodeValue(state) });
  }

  async step(method: 'stf' | 'restore', params: Call['params']): Promise<StepAnswer> {
    const answer = stepSchema.safeParse(await this.result(method, params));
    if (answer.success) {
      const { outcome, actions, state } = answer.data;
      if (outcome.kind === 'err') decode('the error', outcome.error);
      if (state !== undefined) decode('the state', state);
      for (const action of actions) decode('an action', action.action);
      return answer.data;
    }
    throw new NotKept(
      `the answer to ${method} ${JSON.stringify(params)} has the wrong form: ${describeIssue(answer.error)}`,
      remedyOf(answer.error, '{"outcome":{"kind":"ok"},"actions":[…],"state":{…}}'),
    );
  }
}

/** The form of each field of an answer. */
const FORMS: Readonly<Record<string, string>> = {
  protocolVersion: String(PROTOCOL_VERSION),
  name: 'the string that the machine file declares',
  invariants: '["the name of an invariant", …]',
  state: 'an object in the encoding of the protocol',
  outcome: '{"kind":"ok"} or {"kind":"err","error":…}',
  actions: '[{"kind":"tracked","id":…,"action":…}, {"kind":"untracked","action":…}]',
};

/** How to correct the field that is wrong, or the whole answer. */
function remedyOf({ issues: [issue] }: ZodError, whole: string): string {
  const [field] = issue?.path ?? [];
  const form = FORMS[String(field)];
  return form === undefined ? `Answer ${whole}.` : `Give the field "${String(field)}" as ${form}.`;
}

interface Beginning {
  readonly protocolVersion: number;
  readonly name: string;
  readonly invariants: readonly string[];
  readonly state?: unknown;
}

function resultOf(method: Call['method'], answer: Answer | undefined): unknown {
  if (answer && 'result' in answer) return answer.result;
  throw new NotKept(
    `${method} was answered with the error ${JSON.stringify(answer?.error.message)}`,
    `Correct what panics: an error is a defect. ${method === 'stf' ? 'Reject an input with the outcome {"kind":"err","error":…}.' : ''}`.trim(),
  );
}

function decode(what: string, encoded: unknown): Value {
  try {
    return decodeValue(encoded);
  } catch (error) {
    throw new NotKept(
      `${what} is not an encoded value: ${(error as Error).message}`,
      'A key that starts with $ is taken for an encoding: write such an object as {"$object":[…]}.',
    );
  }
}

const QUOTED_CHARS_MAX = 200;
/** How much of a long text is shown before the place where it differs. */
const CONTEXT_CHARS = 40;

/** A value as JSON, cut to its part from `from` on. */
function quote(value: unknown, from = 0): string {
  const text = JSON.stringify(value) ?? 'nothing';
  const start = text.length <= QUOTED_CHARS_MAX ? 0 : Math.max(0, from - CONTEXT_CHARS);
  const end = start + QUOTED_CHARS_MAX;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

function requireSame(actual: Value, expected: Value, what: string, remedy: string): void {
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

/** Runs a check at every input, from the state that the previous inputs led to. */
async function atEachInput(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
  look: (given: GivenInput, before: Value) => Promise<void>,
): Promise<void> {
  if (inputs === undefined) throw new NotApplicable(WITHOUT_INPUTS);
  let state = await initialState(subject);
  for (const given of inputs) {
    await subject.load(state);
    await look(given, state);
    await subject.load(state);
    const { outcome, state: told } = await subject.step('stf', given);
    if (outcome.kind === 'ok' && told !== undefined) state = decodeValue(told);
  }
}

async function initialState(subject: Subject): Promise<Value> {
  const { beginning } = await subject.begin();
  return decode('the state of initialize', beginning.state);
}

type NamedCheck = readonly [
  name: string,
  check: (subject: Subject, inputs: readonly GivenInput[] | undefined) => Promise<void>,
];

const CHECKS: readonly NamedCheck[] = [
  ['it starts and answers initialize', checkInitialize],
  ['each invariant has a name of its own', checkNames],
  ['its state is an encoded object', checkState],
  ['checkInvariants names what initialize named', checkVerdicts],
  ['saveState and loadState bring back the very same state', checkSaved],
  ['requests that come together are answered in order', checkPipelined],
  ['an unknown method is an error, and does not end it', checkUnknownMethod],
  ['parameters that are missing are an error, and change nothing', checkBadParams],
  ['stf answers each input', checkInputs],
  ['the state that stf sends is the one that it keeps', checkTold],
  ['the same input from the same state has the same answer', checkTwice],
  ['another process gives the same answers', checkOtherProcess],
  ['an error leaves the state as it was', checkErrors],
  ['a refused action is reported to the machine', checkRefused],
  ['restore emits tracked actions only, and leaves the state', checkRestore],
  ['nothing but messages comes on standard output', checkNoise],
  ['it ends when its standard input ends', checkEnd],
];

async function checkInitialize(subject: Subject): Promise<void> {
  const { protocolVersion } = (await subject.begin()).beginning;
  if (protocolVersion === PROTOCOL_VERSION) return;
  throw new NotKept(
    `it speaks version ${protocolVersion} of the protocol, and Phasmoscope version ${PROTOCOL_VERSION}`,
    'Use versions of the machine and of Phasmoscope that speak the same version of the protocol.',
  );
}

async function checkNames(subject: Subject): Promise<void> {
  const { invariants } = (await subject.begin()).beginning;
  const twice = invariants.find((name, index) => invariants.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new NotKept(`${JSON.stringify(twice)} is named twice`, 'Rename one of the two.');
}

async function checkState(subject: Subject): Promise<void> {
  const state = await initialState(subject);
  if (typeof state === 'object' && state !== null) return;
  throw new NotKept(
    `the state of initialize is ${quote(state)}`,
    'Make the state an object that holds the value as a member.',
  );
}

async function checkVerdicts(subject: Subject): Promise<void> {
  const { invariants } = (await subject.begin()).beginning;
  const verdicts = verdictsSchema.safeParse(await subject.result('checkInvariants'));
  if (!verdicts.success) {
    throw new NotKept(
      `the answer to checkInvariants has the wrong form: ${describeIssue(verdicts.error)}`,
      'Answer {"name of an invariant":true}, or a string that says what is wrong.',
    );
  }
  const given = Object.keys(verdicts.data).toSorted();
  if (sameValue(given, [...new Set(invariants)].toSorted())) return;
  throw new NotKept(
    `initialize named ${quote(invariants)}, and checkInvariants ${quote(given)}`,
    'Give a verdict on exactly the invariants that initialize names.',
  );
}

async function checkSaved(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const remedy = 'Load everything that saveState saves, without rounding or reordering it.';
  const initial = await initialState(subject);
  requireSame(await subject.saved(), initial, 'saveState after initialize', remedy);
  const states: Value[] = [initial];
  if (inputs) await atEachInput(subject, inputs, async (_, before) => void states.push(before));
  for (const state of states.toReversed()) {
    await subject.load(state);
    requireSame(await subject.saved(), state, 'saveState after loadState', remedy);
  }
}

async function checkPipelined(subject: Subject): Promise<void> {
  const initial = await initialState(subject);
  const state = encodeValue(initial);
  const answers = await subject.ask(
    { method: 'loadState', params: { state } },
    { method: 'restore', params: {} },
    { method: 'checkInvariants', params: {} },
    { method: 'saveState', params: {} },
  );
  const saved = savedSchema.parse(resultOf('saveState', answers[3]));
  requireSame(
    decode('the state of saveState', saved.state),
    initial,
    'saveState at the end',
    'Answer the requests in their order, one after the other.',
  );
}

async function checkUnknownMethod(subject: Subject): Promise<void> {
  // Deliberately not a method of the protocol.
  const method = 'noSuchMethod' as Call['method'];
  await requireError(subject, { method, params: {} }, 'Answer {"id":…,"error":{"message":…}}.');
}

async function checkBadParams(subject: Subject): Promise<void> {
  const before = await subject.saved();
  const remedy = 'Check the parameters before doing anything.';
  for (const method of ['stf', 'loadState'] as const) {
    await requireError(subject, { method, params: {} }, remedy);
    requireSame(await subject.saved(), before, `the state after ${method} {}`, remedy);
  }
}

async function requireError(subject: Subject, call: Call, remedy: string): Promise<void> {
  const [answer] = await subject.ask(call);
  if (answer && 'result' in answer) {
    throw new NotKept(
      `${call.method} {} was answered with the result ${quote(answer.result)}`,
      remedy,
    );
  }
  await subject.saved();
}

async function checkInputs(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  await atEachInput(subject, inputs, async (given) => {
    await subject.step('stf', given);
  });
}

async function checkTold(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  await atEachInput(subject, inputs, async (given, before) => {
    const { state } = await subject.step('stf', given);
    const told = state === undefined ? before : decodeValue(state);
    requireSame(
      await subject.saved(),
      told,
      `saveState after stf ${quote(given)}`,
      'Send the state with each answer, unless it is unchanged.',
    );
  });
}

async function checkTwice(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  await atEachInput(subject, inputs, async (given, before) => {
    const first = await subject.step('stf', given);
    await subject.load(before);
    requireSame(
      (await subject.step('stf', given)) as unknown as Value,
      first as unknown as Value,
      `the second answer to stf ${quote(given)}`,
      'Keep everything that decides in the state, including time, randomness and counters.',
    );
  });
}

async function checkOtherProcess(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const collect = async () => {
    const answers: unknown[] = [];
    await atEachInput(subject, inputs, async (given) => {
      answers.push(await subject.step('stf', given), await subject.step('restore', {}));
    });
    return answers as Value;
  };
  const first = await collect();
  await subject.beginAnew();
  requireSame(
    await collect(),
    first,
    'the answers of another process',
    'Look for what differs between processes: the order of hash tables, ids, the environment.',
  );
}

async function checkErrors(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  let errors = 0;
  await atEachInput(subject, inputs, async (given, before) => {
    const { outcome } = await subject.step('stf', given);
    if (outcome.kind === 'ok') return;
    errors += 1;
    requireSame(
      await subject.saved(),
      before,
      `the state after the error at stf ${quote(given)}`,
      'Do everything that can fail before the first change of the state.',
    );
  });
  if (errors === 0) throw new NotApplicable('none of the inputs was refused');
}

async function checkRefused(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  let refused = 0;
  await atEachInput(subject, inputs, async (given, before) => {
    const { actions } = await subject.step('stf', given);
    if (actions.length === 0) return;
    refused += 1;
    await subject.load(before);
    const again = await subject.step('stf', { ...given, refuseAction: 0 });
    if (again.outcome.kind === 'err' || again.actions.length < actions.length) return;
    if (!sameValue(again.actions, actions)) return;
    throw new NotKept(
      `stf ${quote(given)} emitted the same actions when the first of them was refused`,
      'Refuse the action whose index, counted from 0, is the parameter `refuseAction`.',
    );
  });
  if (refused === 0) throw new NotApplicable('none of the inputs led to an action');
}

async function checkRestore(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const look = async (state: Value) => {
    const { actions } = await subject.step('restore', {});
    const remedy = 'Emit the outstanding tracked actions from the state alone.';
    const untracked = actions.find(({ kind }) => kind === 'untracked');
    if (untracked) {
      throw new NotKept(`restore emitted the untracked ${quote(untracked.action)}`, remedy);
    }
    requireSame(await subject.saved(), state, 'the state after restore', remedy);
  };
  const initial = await initialState(subject);
  await subject.load(initial);
  await look(initial);
  if (inputs) await atEachInput(subject, inputs, (_, before) => look(before));
}

async function checkNoise(subject: Subject): Promise<void> {
  await subject.saved();
  await new Promise((resolve) => setTimeout(resolve, NOISE_MS));
  await subject.saved();
}

async function checkEnd(subject: Subject): Promise<void> {
  const { process } = await subject.begin();
  if (await process.endInput(END_MS_MAX)) return;
  throw new NotKept(
    `it still runs ${END_MS_MAX} ms after the end of its standard input`,
    'End when standard input ends.',
  );
}
