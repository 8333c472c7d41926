import { describeMisfit, fit } from '../../text/schema.ts';
import { encodeValue } from '../../value/encoding.ts';
import { sameValue, type Value } from '../../value/value.ts';
import {
  NotKept,
  quote,
  readSaved,
  remedyOf,
  requireSame,
  resultOf,
  type Subject,
  type SubjectStep,
} from './conformance-subject.ts';
import type { Call } from './machine-process.ts';
import { verdictsSchema } from './protocol.ts';

/** The parameters of `stf`. */
export type GivenInput = Call['params'];

/** A requirement of the protocol, with the check of it. */
export type NamedCheck = readonly [
  name: string,
  check: (subject: Subject, inputs: readonly GivenInput[] | undefined) => Promise<void>,
];

/** Thrown by a check that has nothing to check. */
export class NotApplicable extends Error {}

/** By then, a process that reads until the end of its input has ended. */
const END_MS_MAX = 2_000;
/** How long to wait for output that nobody asked for. */
const NOISE_MS = 150;

const WITHOUT_INPUTS = 'no inputs were given: --inputs FILE, a JSON array of inputs';

/** What version 1 requires, and version 2 as well. */
export const CHECKS: readonly NamedCheck[] = [
  ['it starts and answers initialize', async (subject) => void (await subject.begin())],
  ['each invariant has a name of its own', checkNames],
  ['its state is an encoded object', checkState],
  ['checkInvariants names what initialize named', checkVerdicts],
  ['saveState and loadState bring back the very same state', checkSaved],
  ['requests that come together are answered in order', checkPipelined],
  ['an unknown method is an error, and does not end it', checkUnknownMethod],
  ['parameters that are missing are an error, and change nothing', checkBadParams],
  ['stf answers each input', checkInputs],
  ['the state that stf sends is the one that it keeps', checkSentState],
  ['steps one after the other lead to the same states', checkContinued],
  ['the same input from the same state has the same answer', checkTwice],
  ['another process gives the same answers', checkOtherProcess],
  ['an error leaves the state as it was', checkErrors],
  ['a refused action is reported to the machine', checkRefused],
  ['restore emits tracked actions only, and leaves the state', checkRestore],
];

/** What version 2 requires in addition. */
export const CHECKS_OF_VERSION_2: readonly NamedCheck[] = [
  ['undo brings back the state from before the step', checkUndo],
];

/** What comes last, since it ends the process. */
export const LAST_CHECKS: readonly NamedCheck[] = [
  ['nothing but messages comes on standard output', checkNoise],
  ['it ends when its standard input ends', checkEnd],
];

/** What decides over a step, for the remedies of what differs. */
const DETERMINISM =
  'Rule "determinism": the fields "outcome" and "actions" and the state must follow from the state and the input alone.';

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
    const step = await subject.step('stf', given);
    if (step.outcome.kind === 'ok') ({ state } = step);
  }
}

async function initialState(subject: Subject): Promise<Value> {
  return (await subject.begin()).beginning.state;
}

/** All steps of the inputs, and the restores in between. */
export async function collectSteps(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<readonly SubjectStep[]> {
  const steps: SubjectStep[] = [];
  await atEachInput(subject, inputs, async (given) => {
    steps.push(await subject.step('stf', given), await subject.step('restore', {}));
  });
  return steps;
}

/** Fails where two lists of steps differ. */
export function requireSameSteps(
  actual: readonly SubjectStep[],
  expected: readonly SubjectStep[],
  what: string,
  remedy: string,
): void {
  requireSame(asValue(actual), asValue(expected), what, remedy);
}

/** Steps hold encoded values, which are values as well. */
function asValue(steps: SubjectStep | readonly SubjectStep[]): Value {
  return steps as unknown as Value;
}

async function checkNames(subject: Subject): Promise<void> {
  const { invariants } = (await subject.begin()).beginning;
  const twice = invariants.find((name, index) => invariants.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new NotKept(
    `${JSON.stringify(twice)} is named twice`,
    'Give each name only once in the field "invariants" of initialize: rename one of the two.',
  );
}

async function checkState(subject: Subject): Promise<void> {
  const state = await initialState(subject);
  if (typeof state === 'object' && state !== null) return;
  throw new NotKept(
    `the state of initialize is ${quote(state)}`,
    'Give the field "state" of initialize as an object that holds the value as a member.',
  );
}

async function checkVerdicts(subject: Subject): Promise<void> {
  const { invariants } = (await subject.begin()).beginning;
  const verdicts = fit(verdictsSchema, await subject.result('checkInvariants'));
  if (verdicts.kind === 'misfit') {
    const field = String(verdicts.misfit.path[0] ?? 'the name of an invariant');
    throw new NotKept(
      `the answer to checkInvariants has the wrong form: ${describeMisfit(verdicts.misfit)}`,
      remedyOf(
        verdicts.misfit,
        `{${JSON.stringify(field)}:true}, or false, or a string that says what is wrong`,
      ),
    );
  }
  const given = Object.keys(verdicts.value).toSorted();
  if (sameValue(given, [...new Set(invariants)].toSorted())) return;
  throw new NotKept(
    `initialize named ${quote(invariants)}, and checkInvariants ${quote(given)}`,
    'Answer checkInvariants with a field for each name in the field "invariants" of initialize, and with no others.',
  );
}

async function checkSaved(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const remedy =
    'Give in the field "state" of saveState everything that loadState was given in its own, without rounding or reordering it.';
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
  requireSame(
    readSaved(resultOf('saveState', answers[3])),
    initial,
    'saveState at the end',
    'Answer requests in the order in which they come, one after the other, with the field "id" of each.',
  );
}

async function checkUnknownMethod(subject: Subject): Promise<void> {
  // Deliberately not a method of the protocol.
  const method = 'noSuchMethod' as Call['method'];
  const remedy =
    'Answer a method that is unknown with the field "error": {"id":…,"error":{"message":…}}.';
  await requireError(subject, { method, params: {} }, remedy);
}

async function checkBadParams(subject: Subject): Promise<void> {
  const before = await subject.saved();
  for (const [method, field] of [
    ['stf', 'input'],
    ['loadState', 'state'],
  ] as const) {
    const remedy = `Answer parameters without the field "${field}" with the field "error", before anything is changed.`;
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

const SENT =
  'Give the state with each answer: whole in the field "state", or in version 2 everything that has changed in the field "changes". Leave both out only when the state is unchanged.';

async function checkSentState(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  await atEachInput(subject, inputs, async (given) => {
    const { state } = await subject.step('stf', given);
    requireSame(await subject.saved(), state, `saveState after stf ${quote(given)}`, SENT);
  });
}

async function checkContinued(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const due: SubjectStep[] = [];
  await atEachInput(subject, inputs, async (given) => {
    due.push(await subject.step('stf', given));
  });
  await subject.load(await initialState(subject));
  for (const [index, given] of (inputs ?? []).entries()) {
    const expected = due[index];
    if (expected?.outcome.kind !== 'ok') continue;
    const { state } = await subject.step('stf', given);
    const what = `without a loadState before it, the step from stf ${quote(given)}`;
    requireSame(state, expected.state, what, SENT);
    requireSame(await subject.saved(), expected.state, `saveState after ${what}`, SENT);
  }
}

async function checkTwice(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  await atEachInput(subject, inputs, async (given, before) => {
    const first = await subject.step('stf', given);
    await subject.load(before);
    requireSame(
      asValue(await subject.step('stf', given)),
      asValue(first),
      `the second answer to stf ${quote(given)}`,
      `${DETERMINISM} Keep everything that decides in the state, including time, randomness and counters.`,
    );
  });
}

async function checkOtherProcess(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const first = await collectSteps(subject, inputs);
  await subject.beginAnew();
  requireSameSteps(
    await collectSteps(subject, inputs),
    first,
    'the answers of another process',
    `${DETERMINISM} Look for what differs between processes: the order of hash tables, ids, the environment.`,
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
      'Rule "atomicity": with the field "outcome" as {"kind":"err",…}, the state must be as before. Do everything that can fail before the first change of the state.',
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
      'Refuse the action whose index, counted from 0, is the parameter "refuseAction", where the machine adds it, and leave it out of the field "actions".',
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
    const untracked = actions.find(({ kind }) => kind === 'untracked');
    if (untracked) {
      throw new NotKept(
        `restore emitted the untracked ${quote(untracked.action)}`,
        'Rule "restore is pure": the field "actions" of restore holds the outstanding tracked actions, from the state alone.',
      );
    }
    const remedy =
      'Rule "restore is pure": restore only reads the state, and its answer has no field "state" or "changes".';
    requireSame(await subject.saved(), state, 'the state after restore', remedy);
  };
  const initial = await initialState(subject);
  await subject.load(initial);
  await look(initial);
  if (inputs) await atEachInput(subject, inputs, (_, before) => look(before));
}

async function checkUndo(
  subject: Subject,
  inputs: readonly GivenInput[] | undefined,
): Promise<void> {
  const remedy =
    'Keep what the last step has changed until the next one, and answer undo {} with {} once the state is again what it was before that step, the order of its maps included.';
  await atEachInput(subject, inputs, async (given, before) => {
    const first = await subject.step('stf', given);
    await subject.undo(before);
    requireSame(
      await subject.saved(),
      before,
      `saveState after stf ${quote(given)} and undo`,
      remedy,
    );
    const again = await subject.step('stf', given);
    requireSame(asValue(again), asValue(first), `stf ${quote(given)} after undo`, remedy);
  });
}

async function checkNoise(subject: Subject): Promise<void> {
  // The very same process is asked twice: one that has failed would be started again.
  const { process } = await subject.begin();
  await process.ask([{ method: 'saveState', params: {} }]);
  await new Promise((resolve) => setTimeout(resolve, NOISE_MS));
  await process.ask([{ method: 'saveState', params: {} }]);
}

async function checkEnd(subject: Subject): Promise<void> {
  const { process } = await subject.begin();
  if (await process.endInput(END_MS_MAX)) return;
  throw new NotKept(
    `it still runs ${END_MS_MAX} ms after the end of its standard input`,
    'End when standard input ends: there are no more requests then.',
  );
}
