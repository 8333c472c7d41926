import { z } from 'zod';
import { drawingSchema } from '../drawing/drawing.ts';
import { ASKED_RUNS_MAX, DRAWN_STEPS_MAX } from '../limits.ts';
import { problemSchema } from '../problem.ts';
import { mendSchema } from '../sweep/mend.ts';
import { sweepGroupSchema, sweepReportSchema } from '../sweep/report.ts';
import { operationsSchema, seedSchema, SEEDS_MAX } from '../text/quantities.ts';
import { rerunSchema } from '../trace/compare/rerun.ts';
import { claimSchema, judgedSchema } from '../trace/questions/claims.ts';
import {
  crashVerdictSchema,
  doomPointSchema,
  explainedSchema,
  judgedStepSchema,
} from '../trace/words/judged.ts';
import { coverageSchema } from './coverage.ts';
import { verifiedSchema } from './verified.ts';

/*
 * The tasks that the window starts: whatever takes its time, with what each kind takes and reports. They are
 * part of the contract in window.ts.
 */

/** The file of inputs that a scenario is of, if it is not one of the machine's. */
const inputs = z.string().optional();

/** What to run. */
export const runSettingsSchema = z.object({
  scenario: z.string(),
  seed: seedSchema,
  operationsMax: operationsSchema,
  /** The name of a fault profile. */
  faults: z.string(),
  inputs,
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

/** What to sweep: a number of seeds, or as many as the time allows. */
export const sweepSettingsSchema = runSettingsSchema.omit({ seed: true }).extend({
  /** The first seed. */
  from: seedSchema,
  count: z.number().int().min(1).max(SEEDS_MAX).optional(),
  timeBudgetMs: z.number().positive().optional(),
  /** Whether it is watched which lines of the machine the seeds execute. */
  hasCoverage: z.boolean().optional(),
  /** What the sweep is to show. It then tries failed seeds first, and ends at the first that fails. */
  mend: mendSchema.optional(),
});
export type SweepRunSettings = z.infer<typeof sweepSettingsSchema>;

/** How far a sweep has come. */
export const sweepProgressSchema = z.object({
  elapsedMs: z.number(),
  seeds: z.number(),
  /** Absent when the time decides. */
  seedsMax: z.number().optional(),
  steps: z.number(),
  stepsPerSecond: z.number(),
  groups: z.array(sweepGroupSchema),
  /** The number of failed and saved seeds that are still to be tried. */
  errandsLeft: z.number().optional(),
  ...sweepReportSchema.pick({ unfinished: true, broken: true, brokenMore: true }).shape,
});
export type SweepRunProgress = z.infer<typeof sweepProgressSchema>;

/** How far a shrinking has come: steps of the original, and of the shortest run so far. */
export const shrinkProgressSchema = z.object({
  phase: z.enum(['removing', 'simplifying']),
  from: z.number(),
  steps: z.number(),
  tries: z.number(),
  successes: z.number(),
  /** Whether the machine is loaded again for each run, since it keeps something from one to the next. */
  isAfresh: z.boolean(),
});

/** How far a shrinking has come. */
export type ShrinkRunProgress = z.infer<typeof shrinkProgressSchema>;

/**
 * Ids are chosen by the window. A machine id stands for an opened machine with its own host
 * process; a task id marks everything that a task reports.
 */
export const id = z.string().min(1).max(64);
/** The id of a run, which its trace file in the session's folder is named after. */
export const traceId = id.regex(/^[\w-]+$/);

/**
 * More of a trace was written to its file: everything up to this many bytes and lines. Heard by the main
 * process alone, which lets the reader follow; the window hears of the trace by `traceGrew`.
 */
const traceWritten = z.object({
  kind: z.literal('written'),
  bytes: z.number().int().nonnegative(),
  lines: z.number().int().nonnegative(),
});

/** How long a cancelled task may take to stop by itself, before its process is killed. */
interface Patience {
  readonly cancelMsMax: number;
  /** Whether it is given more time as long as it shows signs of life: it has a result to deliver. */
  readonly isWhileAlive: boolean;
}

/** A trace: one of the session by its id, or a file. */
export const tracePlaceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), traceId }),
  z.object({ kind: z.literal('file'), path: z.string() }),
]);
export type TracePlace = z.infer<typeof tracePlaceSchema>;

/** A kind of task. */
interface TaskDefinition {
  /** What it takes. A task with a machine id is carried out in the host process of that machine. */
  readonly takes: z.ZodObject;
  /** The events that it reports, in between and at its end. */
  readonly reports: z.ZodType<{ readonly kind: string }>;
  readonly patience: Patience;
  /** Whether it reports the same each time, so that another process can report what one lost. */
  readonly isRepeatable: boolean;
}

/** Enough for a task that only has to notice that it is cancelled. */
const PATIENCE: Patience = { cancelMsMax: 700, isWhileAlive: false };
/** Enough for a task that has threads to stop, or a report to write. */
const LONG_PATIENCE: Patience = { cancelMsMax: 3_000, isWhileAlive: false };

/**
 * Every kind of task, declared here and nowhere else: whatever takes its time, reports on the way,
 * and can be cancelled. Each kind has one module in the host, which carries it out, and one in the
 * window's session, which shows it; what lies between relays tasks by their id.
 */
export const TASKS = {
  /** Executes a seed, and writes its trace to the session's file of that id. */
  run: {
    takes: z.object({
      kind: z.literal('run'),
      machineId: id,
      traceId,
      settings: runSettingsSchema,
    }),
    reports: traceWritten,
    patience: PATIENCE,
    isRepeatable: true,
  },
  /**
   * Opens a trace file, or without a path the session's file of that id. It never runs code, and so needs
   * no machine. Ends when the whole file is read.
   */
  read: {
    takes: z.object({ kind: z.literal('read'), traceId, path: z.string().exactOptional() }),
    reports: z.object({
      kind: z.literal('progress'),
      bytes: z.number(),
      /** Absent when it is not known beforehand. */
      bytesMax: z.number().exactOptional(),
    }),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Executes a trace once more and compares. */
  verify: {
    takes: z.object({ kind: z.literal('verify'), machineId: id, traceId }),
    reports: z.discriminatedUnion('kind', [
      /** Steps verified so far. */
      z.object({ kind: z.literal('progress'), steps: z.number() }),
      z.object({ kind: z.literal('verified'), verified: verifiedSchema }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Runs many seeds. */
  sweep: {
    takes: z.object({ kind: z.literal('sweep'), machineId: id, settings: sweepSettingsSchema }),
    reports: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('progress'), progress: sweepProgressSchema }),
      /** At the end, also when it was cancelled. */
      z.object({ kind: z.literal('report'), report: sweepReportSchema }),
      /** With the first report: the source, and what of it was executed. */
      z.object({ kind: z.literal('covered'), coverage: coverageSchema }),
      /** What was found counts as it is. */
      z.object({ kind: z.literal('notShrunk'), problem: problemSchema }),
    ]),
    patience: LONG_PATIENCE,
    isRepeatable: false,
  },
  /** Shrinks a seed to the finding with a signature, and writes the trace of what is left at the end. */
  shrink: {
    takes: z.object({
      kind: z.literal('shrink'),
      machineId: id,
      traceId,
      settings: runSettingsSchema,
      signature: z.string(),
    }),
    reports: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('progress'), progress: shrinkProgressSchema }),
      traceWritten,
    ]),
    patience: { ...LONG_PATIENCE, isWhileAlive: true },
    isRepeatable: false,
  },
  /**
   * Asks a claim of traces with the machine as it is now, or of seeds that are run again. Each is
   * answered by itself, under its place in the list of traces or seeds.
   */
  ask: {
    takes: z.object({
      kind: z.literal('ask'),
      machineId: id,
      claim: claimSchema,
      traces: z.array(tracePlaceSchema).readonly(),
      /** The seeds; without it, the traces are asked. */
      seeds: sweepSettingsSchema
        .omit({ timeBudgetMs: true, mend: true })
        .extend({ count: z.number().int().min(1).max(ASKED_RUNS_MAX) })
        .optional(),
    }),
    reports: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('judged'), place: z.number(), judged: judgedSchema }),
      z.object({ kind: z.literal('unjudged'), place: z.number(), problem: problemSchema }),
    ]),
    patience: LONG_PATIENCE,
    isRepeatable: false,
  },
  /**
   * Executes the operations of traces again with the machine as it is now, and says what became of their
   * findings. Each is answered by itself, under its place in the list.
   */
  rerun: {
    takes: z.object({
      kind: z.literal('rerun'),
      machineId: id,
      runs: z.array(z.object({ trace: tracePlaceSchema, inputs })),
    }),
    reports: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('rerun'), place: z.number(), rerun: rerunSchema }),
      z.object({ kind: z.literal('notRerun'), place: z.number(), problem: problemSchema }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Executes a fork of a trace, and writes the whole trace of it to the session's file of its id. */
  fork: {
    takes: z.object({
      kind: z.literal('fork'),
      machineId: id,
      traceId,
      parentId: traceId,
      /** As `formatFork` writes it. */
      fork: z.string(),
      inputs,
    }),
    reports: z.discriminatedUnion('kind', [
      /** The shared steps are taken in, or executed again where the state is in a database. */
      z.object({ kind: z.literal('begun'), isPastExecuted: z.boolean() }),
      traceWritten,
    ]),
    patience: PATIENCE,
    isRepeatable: true,
  },
  /** Takes the parts of a run out one by one, and says which of them a finding needs. */
  explain: {
    takes: z.object({
      kind: z.literal('explain'),
      machineId: id,
      traceId,
      signature: z.string(),
      /** The step of the finding. */
      stepIndex: z.number().int(),
      inputs,
    }),
    reports: z.discriminatedUnion('kind', [
      /** Some more parts, and how many of how many are judged. */
      z.object({
        kind: z.literal('judged'),
        parts: z.array(judgedStepSchema),
        made: z.number(),
        of: z.number(),
      }),
      explainedSchema.extend({ kind: z.literal('explained') }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Draws how likely a failed run was to fail with the same cause after each of its steps. */
  doom: {
    takes: z.object({
      kind: z.literal('doom'),
      machineId: id,
      traceId,
      signature: z.string(),
      /** The step of the finding. */
      stepIndex: z.number().int(),
      /** Whether the source was changed since: then the run need not fail any more. */
      isChanged: z.boolean(),
      inputs,
    }),
    reports: z.discriminatedUnion('kind', [
      /** Points that are new, or more certain than before, and the number of runs so far. */
      z.object({ kind: z.literal('points'), points: z.array(doomPointSchema), runs: z.number() }),
      z.object({ kind: z.literal('decided'), at: z.number().exactOptional(), runs: z.number() }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Crashes a run at every point of every step, and judges how it recovers. */
  crashEverywhere: {
    takes: z.object({ kind: z.literal('crashEverywhere'), machineId: id, traceId, inputs }),
    reports: z.object({
      kind: z.literal('crashed'),
      verdicts: z.array(crashVerdictSchema),
      /** Steps that were gone through so far. */
      steps: z.number(),
    }),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Executes steps once more, and says what of the source they execute. */
  cover: {
    takes: z.object({
      kind: z.literal('cover'),
      machineId: id,
      /** All steps of this trace, unless there is a step. */
      traceId,
      /** A single step: its operation, and the state before it, both as JSON. */
      step: z.object({ operation: z.string(), state: z.string() }).optional(),
    }),
    reports: z.discriminatedUnion('kind', [
      /** Steps executed so far, and how many there are. */
      z.object({ kind: z.literal('progress'), steps: z.number(), of: z.number() }),
      z.object({ kind: z.literal('covered'), coverage: coverageSchema }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
  /** Draws a view of a machine at steps of a trace; -1 is the initial state. */
  draw: {
    takes: z.object({
      kind: z.literal('draw'),
      machineId: id,
      traceId,
      view: z.string(),
      steps: z.array(z.number().int().min(-1)).max(DRAWN_STEPS_MAX),
    }),
    reports: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('drawn'), stepIndex: z.number(), drawing: drawingSchema }),
      z.object({ kind: z.literal('undrawn'), stepIndex: z.number(), problem: problemSchema }),
    ]),
    patience: PATIENCE,
    isRepeatable: false,
  },
} as const satisfies Record<string, TaskDefinition>;

export type TaskKind = keyof typeof TASKS;
/** A task of a kind. */
export type TaskOf<Kind extends TaskKind> = z.infer<(typeof TASKS)[Kind]['takes']>;
/** What a task of a kind reports. */
export type TaskEvent<Kind extends TaskKind> = z.infer<(typeof TASKS)[Kind]['reports']>;
export type Task = TaskOf<TaskKind>;
/** A task that is carried out in the host process of a machine. */
export type MachineTask = Extract<Task, { readonly machineId: string }>;

export const taskSchema: z.ZodType<Task> = z.union(Object.values(TASKS).map(({ takes }) => takes));

/** How a task came to its end. */
export const taskEndSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('completed') }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('failed'), problem: problemSchema }),
]);
export type TaskEnd = z.infer<typeof taskEndSchema>;
