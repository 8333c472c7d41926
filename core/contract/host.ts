import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import { taskEndSchema, taskSchema } from './tasks.ts';
import { machineInfoSchema } from './window.ts';

/** The contract between the main process and the host process of one machine. */

const taskId = z.string();

/** What the main process asks of a host. */
export const hostRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('load'), path: z.string() }),
  /** The source was saved: it is loaded again, beside whatever goes on. */
  z.object({ kind: z.literal('reload') }),
  z.object({
    kind: z.literal('startTask'),
    taskId,
    task: taskSchema,
    /** The position of the last event of an earlier process, which then hung or died; 0 at first. */
    resumeAt: z.number().int().nonnegative(),
    /** The time that a step may take. */
    timeLimitMs: z.number().positive(),
    /** The file of the trace that the task writes or reads, if it has one. */
    tracePath: z.string().exactOptional(),
    /** The file of the trace that it forks. */
    parentPath: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('cancelTask'), taskId }),
]);
export type HostRequest = z.infer<typeof hostRequestSchema>;

/** What a host says. The machine's code runs in the host, so nothing here is trusted unseen. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), info: machineInfoSchema }),
  z.object({ kind: z.literal('loadFailed'), problem: problemSchema }),
  /** What the machine is made of, as far as it was found. */
  z.object({
    kind: z.literal('sources'),
    own: z.array(z.string()),
    others: z.array(z.string()),
    sinceMs: z.number(),
    unseen: z.string().optional(),
  }),
  z.object({ kind: z.literal('reloaded'), info: machineInfoSchema }),
  z.object({ kind: z.literal('reloadFailed'), problem: problemSchema }),
  z.object({
    kind: z.literal('taskEvent'),
    taskId,
    /** One of the events that the kind of the task reports. */
    event: z.unknown(),
    /** How far the task has come, in a measure of its own; only of tasks that are repeatable. */
    position: z.number().int().nonnegative().optional(),
  }),
  z.object({ kind: z.literal('taskEnded'), taskId, end: taskEndSchema }),
  /** Sent now and then, unless a step of the machine takes longer than that. */
  z.object({ kind: z.literal('alive') }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
