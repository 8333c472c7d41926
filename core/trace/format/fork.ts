import { z } from 'zod';
import { assertNever } from '../../assert.ts';
import type { ActionId } from '../../machine/machine.ts';
import type { StepFault } from '../../machine/operation.ts';
import { seedSchema, formatCount } from '../../text/quantities.ts';
import type { Value } from '../../value/value.ts';
import { actionId, complete, count, stepFault, value } from './codecs.ts';
import { writerOf } from './writer.ts';

/**
 * One thing that a fork does otherwise than its parent. All steps are those of the parent, whatever
 * other changes the fork makes.
 */
export type ForkChange =
  /** The process dies after the commit of a step, when this number of its actions has been dispatched. */
  | { readonly kind: 'crash'; readonly after: number; readonly dispatched: number }
  /** Another fault strikes inside a step, or none. */
  | { readonly kind: 'fault'; readonly at: number; readonly fault?: StepFault }
  /** A completion arrives, once more if it comes elsewhere, too. */
  | {
      readonly kind: 'deliver';
      readonly before: number;
      readonly id: ActionId;
      readonly result: Value;
    }
  /** A completion comes with another result. */
  | { readonly kind: 'result'; readonly at: number; readonly result: Value }
  /** A completion is lost on its way. */
  | { readonly kind: 'drop'; readonly at: number }
  /** A step comes at another place; `before` may be the number of steps, for the end. */
  | { readonly kind: 'move'; readonly at: number; readonly before: number }
  /** A request has another input. */
  | { readonly kind: 'input'; readonly at: number; readonly input: Value }
  /** A further request. */
  | { readonly kind: 'insert'; readonly before: number; readonly input: Value }
  /** A step does not take place. */
  | { readonly kind: 'remove'; readonly at: number };

const forkChange = complete<ForkChange>()(
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('crash'),
      after: z.number().int().min(-1),
      dispatched: count,
    }),
    z.object({ kind: z.literal('fault'), at: count, fault: stepFault.exactOptional() }),
    z.object({ kind: z.literal('deliver'), before: count, id: actionId, result: value }),
    z.object({ kind: z.literal('result'), at: count, result: value }),
    z.object({ kind: z.literal('drop'), at: count }),
    z.object({ kind: z.literal('move'), at: count, before: count }),
    z.object({ kind: z.literal('input'), at: count, input: value }),
    z.object({ kind: z.literal('insert'), before: count, input: value }),
    z.object({ kind: z.literal('remove'), at: count }),
  ]),
);

/**
 * How a fork goes on after its changes: the parent's operations are repeated; or the scenario goes on,
 * which sees the new past and draws from the same streams; or it draws from those of another seed.
 */
export const GOING_ON = ['sameOperations', 'scenario', 'newDraws'] as const;
export type GoingOn = (typeof GOING_ON)[number];

/** The changes of one fork, and the forks of which one descends: what people make has far fewer. */
const FORK_CHANGES_MAX = 100;
export const FORKS_MAX = 100;

/** Changes as JSON, in the encoding of trace files. */
export const forkChangesSchema = z
  .array(forkChange)
  .max(FORK_CHANGES_MAX, `must be at most ${formatCount(FORK_CHANGES_MAX)} changes`)
  .readonly();

/** How a fork differs from its parent; in its file and in the session. */
export const forkSchema = z.object({
  /** The number of steps that both share. */
  from: count,
  changes: forkChangesSchema,
  goesOn: z.enum(GOING_ON),
  /** The seed of new draws, as decimal text. */
  seed: seedSchema.exactOptional(),
  /**
   * Whether everything outstanding is delivered after the same operations, and judged, although the parent
   * ends before that.
   */
  settles: z.literal(true).exactOptional(),
  /** The steps of the parent from this one on do not take place. */
  ends: count.exactOptional(),
});
export type Fork = Readonly<z.output<typeof forkSchema>>;

/** A fork that changes nothing: the whole run again, from the initial state of the machine as it is now. */
export const RUN_AGAIN: Fork = { from: 0, changes: [], goesOn: 'sameOperations' };

const writeFork = writerOf(forkSchema);

/**
 * The fork that crashes at a point of a step: restores, receives what is outstanding and settles, without
 * what its parent does after that step.
 *
 * @param point how many actions of the step are out; absent when the process dies before its commit.
 */
export function forkOfCrash(point: {
  readonly stepIndex: number;
  readonly dispatched?: number;
}): Fork {
  const { stepIndex, dispatched } = point;
  const isInside = dispatched === undefined;
  const change: ForkChange = isInside
    ? { kind: 'fault', at: stepIndex, fault: { kind: 'crashBeforeCommit' } }
    : { kind: 'crash', after: stepIndex, dispatched };
  return {
    from: isInside ? stepIndex : stepIndex + 1,
    changes: [change],
    goesOn: 'sameOperations',
    settles: true,
    ends: stepIndex + 1,
  };
}

/** A fork as JSON text, for a message or a session; {@link parseFork} reads it. */
export function formatFork(fork: Fork): string {
  return JSON.stringify(writeFork(fork));
}

/** @throws for what {@link formatFork} did not write. */
export function parseFork(text: string): Fork {
  return forkSchema.parse(JSON.parse(text));
}

/** The first step of the parent that a change concerns: all before it are shared. */
export function placeOf(change: ForkChange): number {
  switch (change.kind) {
    case 'crash':
      return change.after + 1;
    case 'deliver':
    case 'insert':
      return change.before;
    case 'move':
      return Math.min(change.at, change.before);
    case 'fault':
    case 'result':
    case 'drop':
    case 'input':
    case 'remove':
      return change.at;
    default:
      return assertNever(change, 'change');
  }
}
