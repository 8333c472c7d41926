import { Option, type Command } from 'commander';
import type { ActionId } from '../../machine/machine.ts';
import type { StepFault } from '../../machine/operation.ts';
import { ProblemError } from '../../problem.ts';
import { parseSeed } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import {
  forkChangesSchema,
  forkSchema,
  placeOf,
  type Fork,
  type ForkChange,
  type GoingOn,
} from '../../trace/format/fork.ts';
import type { Trace } from '../../trace/trace.ts';
import { DecodeError, decodeValue } from '../../value/encoding.ts';
import { JsonError, parseJson } from '../../value/json.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { readJsonFile } from '../files/json-file.ts';
import { fromZero, stepNumber, typed } from './options.ts';

/** The words for how a fork goes on. */
export const GOES_ON = {
  same: 'sameOperations',
  scenario: 'scenario',
  new: 'newDraws',
} as const satisfies Record<string, GoingOn>;

/** The options of `fork` that say what it does otherwise. */
export interface ChangeOptions {
  /** The step of the parent that the changes concern. */
  readonly at?: number;
  /** Actions that are out when the process crashes after the step; `true` for none. */
  readonly crash?: number | true;
  readonly crashBeforeCommit?: boolean;
  readonly crashAtAccess?: number;
  readonly failAccess?: number;
  readonly failCommit?: boolean;
  readonly refuse?: number;
  /** Commander's name for `--no-fault`. */
  readonly fault?: boolean;
  /** `ID` or `ID=RESULT`, as JSON. */
  readonly deliver?: string;
  readonly twice?: boolean;
  /** As JSON, as the inputs below. */
  readonly result?: string;
  readonly drop?: boolean;
  readonly moveBefore?: number;
  readonly input?: string;
  readonly insert?: string;
  readonly remove?: boolean;
  readonly newDraws?: bigint;
  readonly goesOn?: keyof typeof GOES_ON;
  readonly settle?: boolean;
  /** The machine that executes the fork, unless it is that of the trace. */
  readonly machine?: string;
  /** A JSON file with changes, or a whole fork. */
  readonly changes?: string;
}

/** Adds the options that say what a fork does otherwise. */
export function withChangeOptions(command: Command): Command {
  return command
    .option('--at <step>', 'the step of the trace that the changes concern', stepNumber)
    .option(
      '--crash [n]',
      'the process crashes after the step, when n of its actions are out (default: 0)',
      fromZero('number of actions'),
    )
    .option('--crash-before-commit', 'the process dies in the step, before its commit')
    .option(
      '--crash-at-access <n>',
      'the process dies at the n-th access to the state, from 0',
      fromZero('number of an access'),
    )
    .option(
      '--fail-access <n>',
      'the n-th access to the state fails, from 0',
      fromZero('number of an access'),
    )
    .option('--fail-commit', 'the commit of the step fails')
    .option(
      '--refuse <n>',
      'the n-th action of the step is refused, from 0',
      fromZero('number of an action'),
    )
    .option('--no-fault', 'no fault strikes in the step')
    .option(
      '--deliver <id[=result]>',
      'a result arrives after the step (default: the one that the trace has for the action)',
    )
    .option('--twice', 'the result of the step arrives a second time after it')
    .option('--result <json>', 'the step brings another result')
    .option('--drop', 'the result of the step is lost on its way')
    .option('--move-before <step>', 'the step comes before another one', stepNumber)
    .option('--input <json>', 'the step has another input')
    .option('--insert <json>', 'a further input comes after the step')
    .option('--remove', 'the step does not take place')
    .option('--changes <file>', 'a JSON file of changes, or of a whole fork')
    .addOption(
      new Option('--goes-on <how>', 'how it goes on after the changes (default: same)').choices([
        'same',
        'scenario',
        'new',
      ]),
    )
    .option('--new-draws <seed>', 'go on with the draws of another seed', typed(parseSeed))
    .option('--settle', 'deliver everything that is outstanding at the end, and judge');
}

/**
 * The fork that options describe.
 *
 * @throws {ProblemError} when they contradict each other, or do not fit the steps of the trace.
 */
export async function forkOf(trace: Trace, options: ChangeOptions): Promise<Fork> {
  const { at, newDraws, settle } = options;
  const given = options.changes === undefined ? undefined : await readChanges(options.changes);
  const changes = [
    ...(given?.changes ?? []),
    ...(at === undefined ? changesWithoutStep(options) : changesAt(trace, at, options)),
  ];
  if (
    at !== undefined &&
    given &&
    newDraws === undefined &&
    changes.length === given.changes.length
  ) {
    throw new ProblemError({
      title: '--at is given, but nothing is changed there.',
      remedy: 'Give a change of that step, such as --crash, or leave --at out.',
    });
  }
  const goesOn = goingOn(options) ?? given?.goesOn ?? 'sameOperations';
  const places = changes.map(placeOf);
  const from = given?.from ?? (places.length > 0 ? Math.min(...places) : (at ?? -1) + 1);
  // Another machine is a change by itself: it gets the same operations.
  if (
    changes.length === 0 &&
    goesOn !== 'newDraws' &&
    (options.machine === undefined || at !== undefined)
  ) {
    throw new ProblemError({
      title: 'The fork changes nothing.',
      remedy:
        'Give a change, such as --crash, other draws: --new-draws SEED, or another machine: --machine MACHINE.',
    });
  }
  const seed = newDraws === undefined ? given?.seed : String(newDraws);
  return {
    from,
    changes,
    goesOn,
    ...(seed === undefined ? {} : { seed }),
    ...(settle || given?.settles ? { settles: true } : {}),
  };
}

function goingOn({ goesOn, newDraws }: ChangeOptions): GoingOn | undefined {
  if (newDraws === undefined) {
    if (goesOn !== 'new') return goesOn && GOES_ON[goesOn];
    throw new ProblemError({
      title: 'The seed of the new draws is missing.',
      remedy: 'Give it with --new-draws SEED.',
    });
  }
  if (goesOn === undefined || goesOn === 'new') return 'newDraws';
  throw new ProblemError({
    title: `--new-draws contradicts --goes-on ${goesOn}.`,
    remedy: 'Leave one of them out.',
  });
}

/** Options that concern no step; all others do. */
const WITHOUT_STEP = new Set(['at', 'changes', 'goesOn', 'settle', 'out', 'machine', 'json']);

function changesWithoutStep(options: ChangeOptions): readonly ForkChange[] {
  // Commander sets this one by itself.
  const isGiven = ([name, value]: readonly [string, unknown]) =>
    name === 'fault' ? value === false : value !== undefined && !WITHOUT_STEP.has(name);
  const isOtherwise = options.changes !== undefined || options.machine !== undefined;
  if (isOtherwise && !Object.entries(options).some(isGiven)) return [];
  throw new ProblemError({
    title: 'The step of the parent is missing.',
    remedy: 'Give it with --at K; only --changes FILE needs none.',
  });
}

function changesAt(trace: Trace, at: number, options: ChangeOptions): readonly ForkChange[] {
  requireStep(trace, at);
  const { crash, deliver, twice, result, drop, moveBefore, input, insert, remove } = options;
  const changes: (ForkChange | undefined)[] = [
    ...faultsOf(options).map((fault): ForkChange => ({ kind: 'fault', at, ...fault })),
    result === undefined ? undefined : { kind: 'result', at, result: jsonValue(result) },
    drop ? { kind: 'drop', at } : undefined,
    input === undefined ? undefined : { kind: 'input', at, input: jsonValue(input) },
    remove ? { kind: 'remove', at } : undefined,
    moveBefore === undefined ? undefined : { kind: 'move', at, before: moveBefore },
    crash === undefined
      ? undefined
      : { kind: 'crash', after: at, dispatched: crash === true ? 0 : crash },
    twice ? { kind: 'deliver', before: at + 1, ...completionAt(trace, at) } : undefined,
    deliver === undefined
      ? undefined
      : { kind: 'deliver', before: at + 1, ...delivery(trace, deliver) },
    insert === undefined ? undefined : { kind: 'insert', before: at + 1, input: jsonValue(insert) },
  ];
  return changes.filter((change) => change !== undefined);
}

function requireStep({ length }: Trace, at: number): void {
  if (at < length) return;
  throw new ProblemError({
    title: `There is no step ${at}: the trace has ${length} steps.`,
    remedy: 'Give a step of the trace; the first one is 0.',
  });
}

function faultsOf(options: ChangeOptions): readonly { readonly fault?: StepFault }[] {
  const { crashBeforeCommit, crashAtAccess, failAccess, failCommit, refuse, fault } = options;
  const faults: readonly (StepFault | undefined)[] = [
    crashBeforeCommit ? { kind: 'crashBeforeCommit' } : undefined,
    crashAtAccess === undefined ? undefined : { kind: 'crashAtAccess', access: crashAtAccess },
    failAccess === undefined ? undefined : { kind: 'accessFails', access: failAccess },
    failCommit ? { kind: 'commitFails' } : undefined,
    refuse === undefined ? undefined : { kind: 'actionRefused', action: refuse },
  ];
  const given = faults.flatMap((one) => (one ? [{ fault: one }] : []));
  const all = fault === false ? [...given, {}] : given;
  if (all.length <= 1) return all;
  throw new ProblemError({
    title: 'Only one fault can strike in a step.',
    remedy: 'Give one of the options for faults; others belong to other forks.',
  });
}

function completionAt(trace: Trace, at: number): { readonly id: ActionId; readonly result: Value } {
  const { operation } = trace.step(at);
  if (operation.kind === 'trackedActionCompleted') {
    return { id: operation.id, result: operation.result as Value };
  }
  throw new ProblemError({
    title: `Step ${at} brings no result that could come twice: it is ${operation.kind}.`,
    remedy: 'Give a step at which a result is delivered, or use --deliver ID.',
  });
}

/** What `ID` or `ID=RESULT` stands for; without a result, the one that the trace has for the action. */
function delivery(trace: Trace, text: string) {
  const split = text.indexOf('=');
  const idText = split === -1 ? text : text.slice(0, split);
  const id = idOf(idText);
  const result = split === -1 ? recordedResult(trace, id) : jsonValue(text.slice(split + 1));
  if (result !== undefined) return { id, result };
  throw new ProblemError({
    title: `The trace has no result for the action ${idText}.`,
    remedy: `Give one as JSON: --deliver '${idText}=RESULT'.`,
  });
}

/** An id as JSON; other text is taken as it is. */
function idOf(text: string): ActionId {
  try {
    const id = jsonValue(text);
    if (typeof id === 'number' || typeof id === 'string' || typeof id === 'bigint') return id;
  } catch {
    // Names need no quotation marks.
  }
  return text;
}

function recordedResult(trace: Trace, id: ActionId): Value | undefined {
  for (let at = 0; at < trace.length; at += 1) {
    const kind = trace.glance(at).operation;
    if (kind !== 'trackedActionCompleted' && kind !== 'loss') continue;
    const { operation } = trace.step(at);
    if ('result' in operation && sameValue(operation.id, id)) return operation.result as Value;
  }
  return undefined;
}

/**
 * A value from JSON, in the encoding of trace files.
 *
 * @throws {ProblemError} when it is none.
 */
export function jsonValue(text: string): Value {
  try {
    return decodeValue(parseJson(text));
  } catch (error) {
    if (!(error instanceof JsonError) && !(error instanceof DecodeError)) throw error;
    throw new ProblemError(
      {
        title: `${text} is not a value in JSON: ${error.message}`,
        remedy: 'Put it in single quotes, and texts inside of it in double ones.',
      },
      { cause: error },
    );
  }
}

async function readChanges(path: string): Promise<Partial<Fork> & Pick<Fork, 'changes'>> {
  const json = await readJsonFile(path, 'changes of a fork');
  const schema = Array.isArray(json)
    ? forkChangesSchema.transform((changes) => ({ changes }))
    : forkSchema;
  const fitted = fit(schema, json);
  if (fitted.kind === 'fits') return fitted.value;
  throw new ProblemError({
    title: `${path} does not hold the changes of a fork: ${describeMisfit(fitted.misfit)}`,
    remedy: 'Give a JSON array of changes, or a fork as the header of its trace has it in "forks".',
  });
}
