import { z } from 'zod';
import type { StfInput } from '../../machine/machine.ts';
import { encodeValue } from '../../value/encoding.ts';
import type { Value } from '../../value/value.ts';

/**
 * The messages between Phasmoscope and a machine in a process of its own. PROTOCOL.md in this folder
 * defines them for authors; these schemas check them. They are loose: unknown members of an answer are
 * ignored, so that a later version can add some.
 */

/** The version of the protocol. */
export const PROTOCOL_VERSION = 1;

/** The methods of the protocol. */
export type Method =
  | 'initialize'
  | 'stf'
  | 'restore'
  | 'checkInvariants'
  | 'saveState'
  | 'loadState';

/** A request: one line on the standard input of the process. */
export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: Readonly<Record<string, unknown>>;
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
  /** The state as the panic left it, if it had changed. */
  state: z.unknown().optional(),
});

/** A defect of the machine, as its process reports it. */
export type ToldPanic = z.infer<typeof panicSchema>;

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
  invariants: z.array(z.string()),
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
  /** Absent when it is unchanged. */
  state: z.unknown().optional(),
});

/** How a step ended in the process. */
export type StepAnswer = z.infer<typeof stepSchema>;

/** The answer to `checkInvariants`, by the names that `initialize` gave. */
export const verdictsSchema = z.record(z.string(), z.union([z.boolean(), z.string()]));

/** Whether each invariant holds, or what is wrong. */
export type Verdicts = z.infer<typeof verdictsSchema>;

/** The answer to `saveState`. */
export const savedSchema = z.object({ state: z.unknown() });

/** Returns what is wrong with an answer, as a clause. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'it has the wrong form';
  // A union reports an issue for each member; the deepest one says most.
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors
      .flat()
      .toSorted((a, b) => b.path.length - a.path.length)
      .at(0);
    if (deepest && deepest.path.length > 0) {
      return `${[...issue.path, ...deepest.path].join('.')}: ${deepest.message}`;
    }
  }
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
