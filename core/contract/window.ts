import { z } from 'zod';
import { drawingSchema } from '../drawing/drawing.ts';
import { ASKED_RUNS_MAX, DRAWN_STEPS_MAX } from '../limits.ts';
import { problemSchema, type Problem } from '../problem.ts';
import { sweepGroupSchema, sweepReportSchema } from '../sweep/report.ts';
import { operationsSchema, seedSchema, SEEDS_MAX } from '../text/quantities.ts';
import { claimSchema, judgedSchema } from '../trace/claims.ts';
import { HEADER_PARTS } from '../trace/format.ts';
import { crashVerdictSchema, doomPointSchema, judgedStepSchema } from '../trace/judged.ts';
import { noteSchema } from '../trace/notes.ts';
import { questionSchema } from '../trace/questions.ts';
import { rerunSchema } from '../trace/rerun.ts';
import { sentenceSchema } from '../trace/sentences.ts';
import { packedDeltaSchema } from '../trace/trace-index.ts';
import { coverageSchema } from './coverage.ts';
import { placeSchema, spotSchema } from './place.ts';

/**
 * The contract between the window and the main process: requests with their
 * replies, and events. Both sides validate what arrives with the schemas of this file.
 */

/** A machine to open: one of the samples by name, or a file. */
export const machineRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sample'), name: z.string() }),
  z.object({ kind: z.literal('file'), path: z.string() }),
]);
export type MachineRef = z.infer<typeof machineRefSchema>;

/** What the settings of a run can be chosen from. */
export const machineInfoSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Digest of the bundled source, 32 hexadecimal digits. */
  sourceHash: z.string(),
  invariants: z.array(z.string()),
  /** The names of the views that it declares. */
  views: z.array(z.string()),
  faultProfiles: z.array(z.object({ name: z.string(), description: z.string() })),
  scenarios: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      seed: z.string(),
      operations: z.number(),
    }),
  ),
});
export type MachineInfo = z.infer<typeof machineInfoSchema>;

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

/** What the window was started for. */
export const launchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lastSession') }),
  z.object({ kind: z.literal('trace'), path: z.string(), spot: spotSchema.optional() }),
  z.object({
    kind: z.literal('machine'),
    machine: machineRefSchema,
    scenario: z.string().optional(),
    inputs: z.string().optional(),
    seed: seedSchema.optional(),
    operationsMax: operationsSchema.optional(),
    faults: z.string().optional(),
    spot: spotSchema.optional(),
  }),
]);
export type Launch = z.infer<typeof launchSchema>;

/** Something that was opened before. */
export const recentSchema = z.object({
  kind: z.enum(['machine', 'trace', 'inputs']),
  path: z.string(),
});
export type Recent = z.infer<typeof recentSchema>;

/** An entry of a menu. */
const menuItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    /** Comes back in the event `command` when the entry is chosen. */
    id: z.string(),
    label: z.string(),
    /** In Electron's notation. It is only shown: the window listens to the keys itself. */
    accelerator: z.string().optional(),
  }),
  z.object({ kind: z.literal('separator') }),
  /** What the system does by itself. */
  z.object({
    kind: z.literal('system'),
    role: z.enum(['quit', 'togglefullscreen', 'toggleDevTools']),
  }),
]);

/** A menu of the application. */
export const menuSchema = z.object({ label: z.string(), items: z.array(menuItemSchema) });
export type AppMenu = z.infer<typeof menuSchema>;

/** The time that a step may take, in milliseconds. */
export const timeLimitSchema = z
  .number()
  .int()
  .min(10)
  .max(24 * 60 * 60 * 1000);

export const themeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof themeSchema>;

/** How many bytes the runs of a session may take together. */
export const sessionBytesSchema = z
  .number()
  .int()
  .min(1024 ** 2)
  .max(1024 ** 5);

/** What a person can set, beside what belongs to a run. */
export const preferencesSchema = z.object({
  timeLimitMs: timeLimitSchema,
  sessionBytesMax: sessionBytesSchema,
  /** The command line of an editor; empty for that of the environment. */
  editor: z.string().max(1_000),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** A reply that may be a problem; problems are replies, not exceptions. */
function replyOf<Schema extends z.ZodType>(value: Schema) {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ok'), value }),
    z.object({ kind: z.literal('problem'), problem: problemSchema }),
  ]);
}
export type Reply<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'problem'; readonly problem: Problem };

const nothing = z.null();
/**
 * Ids are chosen by the window. A machine id stands for an opened machine with its own host
 * process; a task id marks everything that a task reports.
 */
const id = z.string().min(1).max(64);
/** The id of a run, which its trace file in the session's folder is named after. */
const traceId = id.regex(/^[\w-]+$/);

/** In what the runtimes of recording and verification differ, where that may be the reason. */
const runtimeNote = z.string().exactOptional();

/** The difference that a verification found, as lines of the trace format. */
export const verifiedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agrees') }),
  z.object({
    kind: z.literal('step'),
    stepIndex: z.number(),
    fields: z.array(z.string()),
    expectedLine: z.string(),
    actualLine: z.string(),
    runtimeNote,
  }),
  z.object({
    kind: z.literal('header'),
    part: z.enum(HEADER_PARTS),
    expected: z.array(z.string()).readonly(),
    actual: z.array(z.string()).readonly(),
    runtimeNote,
  }),
  z.object({
    kind: z.literal('initialState'),
    expectedHash: z.string(),
    actualHash: z.string(),
    /** Where the two states differ, and the number of further places. */
    states: z.object({
      places: z
        .array(z.object({ path: z.string(), expected: z.string(), actual: z.string() }))
        .readonly(),
      more: z.number(),
    }),
    runtimeNote,
  }),
]);
export type Verified = z.infer<typeof verifiedSchema>;

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
        .omit({ timeBudgetMs: true })
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
      z.object({
        kind: z.literal('explained'),
        sentences: z.array(sentenceSchema),
        /** The steps that matter only together. */
        together: z.array(z.number()),
        /** The nearest run that passes, as a fork; absent when no single change makes it pass. */
        nearest: z.string().exactOptional(),
        tries: z.number(),
      }),
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

/** Every request, with the schemas of what it takes and what it returns. */
export const REQUESTS = {
  /** What to show first, and what can be opened. Whatever an earlier page had started is ended. */
  start: {
    takes: nothing,
    returns: z.object({
      launch: launchSchema,
      /** What `keepSession` was given last; null at the first start. */
      session: z.string().nullable(),
      /** Whether the page before this one ended by a crash. */
      hasWindowDied: z.boolean(),
      samples: z.array(z.object({ name: z.string(), description: z.string() })),
      /** A seed of a sample that fails: what a newcomer sees first. */
      demo: z.object({ sample: z.string(), settings: runSettingsSchema }),
      recents: z.array(recentSchema),
      theme: themeSchema,
      preferences: preferencesSchema,
      versions: z.record(z.string(), z.string()),
    }),
  },
  /** Asks the person for a file; returns what it is, or null when they changed their mind. */
  chooseFile: { takes: recentSchema.shape.kind, returns: recentSchema.nullable() },
  /** Asks the person for a folder; returns the traces directly inside, or null when they changed their mind. */
  chooseTraces: {
    takes: nothing,
    returns: z.object({ folder: z.string(), files: z.array(z.string()) }).nullable(),
  },
  /** Reads a file of inputs; returns the name of its scenario, and the number of inputs. */
  readInputs: {
    takes: z.object({ path: z.string() }),
    returns: replyOf(z.object({ name: z.string(), operations: z.number() })),
  },
  /** Starts a host process and loads the machine in it. */
  openMachine: {
    takes: z.object({ machineId: id, machine: machineRefSchema }),
    returns: replyOf(machineInfoSchema),
  },
  /** Starts a task. Whatever keeps it from starting is reported as its end. */
  startTask: { takes: z.object({ taskId: id, task: taskSchema }), returns: nothing },
  /** Stops a task; what it has reported so far stays. */
  cancelTask: { takes: z.object({ taskId: id }), returns: nothing },
  /**
   * Asks something of a trace that is being read, or was; see `QUESTIONS`. What is found on the way comes
   * as events `askFound`. Replies and events may overtake each other: when the reply is an answer, all
   * of them have come with the event `askFoundAll`.
   */
  ask: {
    takes: z.object({ askId: id, traceId, question: questionSchema }),
    returns: replyOf(z.unknown()),
  },
  /** The same of a trace that is not read, and is not from then on. */
  askFile: {
    takes: z.object({ askId: id, trace: tracePlaceSchema, question: questionSchema }),
    returns: replyOf(z.unknown()),
  },
  /** Stops looking for an answer, which then is a problem. */
  cancelAsk: { takes: z.object({ askId: id }), returns: nothing },
  /** Forgets a trace; the session's file of it is deleted. */
  closeTrace: { takes: z.object({ traceId }), returns: nothing },
  /** Asks where to save a trace with these notes; null when the person changed their mind. */
  saveTrace: {
    takes: z.object({ traceId, suggestedName: z.string(), notes: z.array(noteSchema) }),
    returns: replyOf(z.string().nullable()),
  },
  /** How many bytes the runs of the session take. */
  measureSession: { takes: nothing, returns: z.number() },
  /** Keeps the state of the window for its next start. Written whole or not, within a second. */
  keepSession: { takes: z.object({ text: z.string() }), returns: nothing },
  /** Gives the application its menu. */
  setMenu: { takes: z.array(menuSchema), returns: nothing },
  setTheme: { takes: themeSchema, returns: nothing },
  /** Keeps what a person has set; returns what is kept, since they are asked about another program. */
  setPreferences: { takes: preferencesSchema, returns: preferencesSchema },
  /** Opens a place in a source of an open machine in the editor. The path is relative to the machine file. */
  openInEditor: {
    takes: z.object({
      machineId: id,
      path: z.string(),
      line: z.number().int().positive(),
      column: z.number().int().positive(),
    }),
    returns: replyOf(nothing),
  },
  /** The first screen is painted. */
  ready: { takes: nothing, returns: nothing },
} as const satisfies Record<string, { takes: z.ZodType; returns: z.ZodType }>;

export type RequestName = keyof typeof REQUESTS;
export type RequestTakes<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]['takes']>;
export type RequestReturns<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]['returns']>;

/** What the main process sends by itself. */
export const eventSchema = z.discriminatedUnion('kind', [
  /** One of the events that the kind of the task reports; the window knows the kind by the id. */
  z.object({ kind: z.literal('taskEvent'), taskId: id, event: z.unknown() }),
  /** A trace has more steps. The first event of a trace has its header line. */
  z.object({
    kind: z.literal('traceGrew'),
    traceId,
    header: z.string().optional(),
    delta: packedDeltaSchema,
  }),
  /** A part of the answer to a question. */
  z.object({ kind: z.literal('askFound'), askId: id, part: z.unknown() }),
  /** No more parts of the answer to a question come. */
  z.object({ kind: z.literal('askFoundAll'), askId: id }),
  /**
   * The traces of the session take more room than they may. The window says which runs go, unless they
   * are on the screen, and closes them a while later.
   */
  z.object({
    kind: z.literal('sessionFull'),
    bytes: z.number(),
    bytesMax: z.number(),
    /** Those that are not saved elsewhere, and not being written; the oldest first. */
    traces: z.array(z.object({ traceId, bytes: z.number() })),
  }),
  /** The task is over; all of its events have come, and all steps of the trace that it wrote. */
  z.object({ kind: z.literal('taskEnded'), taskId: id, end: taskEndSchema }),
  /** The machine has given no sign of life for a while, or gives signs of life again. */
  z.object({
    kind: z.literal('machineSilent'),
    machineId: id,
    isSilent: z.boolean(),
    silentMs: z.number(),
  }),
  /** The machine's source has changed since it was opened. */
  z.object({ kind: z.literal('machineChanged'), machineId: id, info: machineInfoSchema }),
  /** A source file of the machine was saved: it was loaded again, or could not be. */
  z.object({
    kind: z.literal('machineSaved'),
    machineId: id,
    saved: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('loaded'), info: machineInfoSchema }),
      z.object({ kind: z.literal('broken'), problem: problemSchema }),
    ]),
  }),
  /** The source files of the machine cannot be watched. */
  z.object({ kind: z.literal('notWatched'), machineId: id, problem: problemSchema }),
  /** The host process is gone; the next run starts a new one. */
  z.object({ kind: z.literal('machineLost'), machineId: id, problem: problemSchema }),
  /** An entry of the menu was chosen. */
  z.object({ kind: z.literal('command'), id: z.string() }),
  /** A file that was dropped on the window. */
  z.object({ kind: z.literal('openFile'), recent: recentSchema }),
  /** A link was followed, to a file that the person has agreed to open. */
  z.object({ kind: z.literal('openPlace'), place: placeSchema }),
  z.object({ kind: z.literal('recents'), recents: z.array(recentSchema) }),
]);
export type ApiEvent = z.infer<typeof eventSchema>;

/** What the preload script gives to the window. */
export interface Bridge {
  request(name: RequestName, takes: unknown): Promise<unknown>;
  /** Calls back for every event until the returned function is called. */
  onEvent(listener: (event: unknown) => void): () => void;
  /** Hands a dropped file to the main process, which then sends `openFile`. */
  openDroppedFile(file: unknown): void;
}
