import { assertNever } from '../../assert.ts';
import type { Pulse } from '../../engine/driving.ts';
import { InvariantChecker } from '../../engine/invariants.ts';
import { ProblemError } from '../../problem.ts';
import { askMeant } from '../../text/choices.ts';
import { TraceStepView } from '../../trace/expression/step-view.ts';
import type { Claim, Judged } from '../../trace/questions/claims.ts';
import { findWhere, WHERE, type Counted } from '../../trace/questions/expression-questions.ts';
import type { Trace } from '../../trace/trace.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';

/** @file Asks of recorded runs what was not asked when they were made. */

/** What an invariant is evaluated with. */
export type Judge = Pick<LoadedMachine, 'machine' | 'guard'>;

/** Steps at which a claim is false. */
export interface Broken {
  /** The number of steps that were searched so far. */
  readonly searched: number;
  /** Ascending. */
  readonly steps: readonly number[];
  /** What the invariant says about the first of them. */
  readonly message?: string;
}

/**
 * Finds the steps of a trace at which a claim is false, in order. Yields what it finds, and from time to
 * time nothing, so that the caller can stop or do something else in between. Returns how many steps were
 * asked, and at how many there was no answer.
 *
 * @param judge the machine whose invariant it is.
 * @throws {ProblemError} when the machine has no such invariant, or is another one.
 */
export async function* brokenSteps(
  trace: Trace,
  claim: Claim,
  judge?: Judge,
): AsyncGenerator<Broken, Counted, undefined> {
  switch (claim.kind) {
    case 'expression':
      return yield* whereFalse(trace, claim.expression);
    case 'invariant':
      return yield* breakingInvariant(trace, claim.name, judgeOf(trace, claim.name, judge));
    default:
      return assertNever(claim, 'claim');
  }
}

async function* whereFalse(
  trace: Trace,
  expression: string,
): AsyncGenerator<Broken, Counted, undefined> {
  const question = { kind: 'where', expression, from: -1, isFirstOnly: false } as const;
  const search = findWhere(trace, { ...question, isFalseWanted: true });
  for (;;) {
    const next = search.next();
    if (next.done === true) return next.value;
    yield WHERE.found.parse(next.value);
  }
}

function judgeOf(trace: Trace, name: string, judge: Judge | undefined): Judge {
  const { machine: recorded } = trace.header;
  if (!judge) {
    throw new ProblemError({
      title: `The invariant "${name}" needs its machine.`,
      remedy: 'Give the path of its source with the option --machine PATH.',
    });
  }
  const { machine } = judge;
  requireInvariant(machine, name);
  if (machine.name !== recorded) {
    throw new ProblemError({
      title: `The run is of the machine ${recorded}, not of ${machine.name}.`,
      remedy: `An invariant of ${machine.name} says nothing about it.`,
    });
  }
  return judge;
}

/** @throws {ProblemError} when a machine has no invariant of a name. */
export function requireInvariant(machine: LoadedMachine['machine'], name: string): void {
  if (Object.hasOwn(machine.invariants, name)) return;
  const names = Object.keys(machine.invariants);
  throw new ProblemError({
    title: `The machine ${machine.name} has no invariant "${name}".`,
    remedy:
      names.length === 0
        ? 'It has none.'
        : `${askMeant(name, names)}It has ${names.map((one) => `"${one}"`).join(', ')}.`,
  });
}

/** An invariant is a function of the state: it is evaluated where that changes, and holds until then. */
async function* breakingInvariant(
  trace: Trace,
  name: string,
  { machine, guard }: Judge,
): AsyncGenerator<Broken, Counted, undefined> {
  const invariant = machine.invariants[name];
  const checker = new InvariantChecker(invariant ? { [name]: invariant } : {}, { guard });
  const view = new TraceStepView(trace);
  const { changedSteps, length } = trace;
  let message: string | undefined;
  for (let place = -1; place < changedSteps.length; place += 1) {
    const from = changedSteps[place] ?? -1;
    const state = view.moveTo(from).state;
    if (checker.isDue(state as never)) await machine.fetchVerdicts?.(state);
    const { failed, recovered } = checker.check(state as never);
    if (recovered.length > 0) message = undefined;
    if (failed[0]) ({ message } = failed[0]);
    const to = Math.max(0, changedSteps[place + 1] ?? length);
    if (message === undefined) yield { searched: to, steps: [] };
    else yield { searched: to, steps: range(from, Math.max(to, from + 1)), message };
  }
  return { asked: length + 1, without: 0 };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/**
 * Asks a claim of a trace, up to the first step at which it is false. Returns `undefined` when a pulse
 * stopped it.
 *
 * @throws {ProblemError} as {@link brokenSteps} does.
 */
export async function judgeTrace(
  trace: Trace,
  claim: Claim,
  judge: Judge | undefined,
  pulse: Pulse,
): Promise<Judged | undefined> {
  const steps = trace.length;
  const search = brokenSteps(trace, claim, judge);
  let searched = 0;
  for (;;) {
    const next = await search.next();
    if (next.done === true) return { ...next.value, steps };
    const { steps: broken, message } = next.value;
    const [failedAt] = broken;
    if (failedAt !== undefined) {
      const said = message === undefined ? {} : { message };
      return { steps, failedAt, ...said, asked: failedAt + 2, without: 0 };
    }
    const goesOn = pulse(Math.max(0, next.value.searched - searched));
    searched = next.value.searched;
    if (!(goesOn === true || (await goesOn))) return undefined;
  }
}
