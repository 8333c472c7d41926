import { z } from 'zod';
import { problemSchema, type Problem } from '../problem.ts';
import { sweepReportSchema } from '../sweep/report.ts';
import { operationsSchema, seedSchema } from '../text/quantities.ts';
import { noteSchema } from '../trace/format/notes.ts';
import { questionSchema } from '../trace/questions/questions.ts';
import { packedDeltaSchema } from '../trace/trace-index.ts';
import { pageAboutSchema } from './page.ts';
import { pictureNewsSchema, pictureOrderSchema } from './picture-order.ts';
import { areaSchema, pictureSchema, pngSchema } from './picture.ts';
import { placeSchema, spotSchema } from './place.ts';
import { id, traceId, tracePlaceSchema, taskSchema, taskEndSchema } from './tasks.ts';

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

/** How the name of the only other window begins that the page may open: what a speaker alone sees during a talk. */
export const SPEAKER_WINDOW = 'phasmoscope-speaker';

/** A trace to open, and the machine whose code may work on it, such as to draw its states: the person has named it. */
const openedTrace = { path: z.string(), machine: machineRefSchema.optional() };

/** What the window was started for. */
export const launchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lastSession') }),
  z.object({
    kind: z.literal('trace'),
    ...openedTrace,
    spot: spotSchema.optional(),
    /** Whether its notes are presented. */
    isPresented: z.boolean().optional(),
    /** Traces that are opened behind it, and whose notes are presented after its own. */
    sequels: z.array(z.object(openedTrace)).optional(),
    /** The picture to take of it. */
    picture: pictureOrderSchema.optional(),
  }),
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

/** The traces that a launch opens, each with its machine, in the order in which their notes are presented. */
export function tracesOf(
  launch: Launch,
): readonly { readonly path: string; readonly machine?: MachineRef | undefined }[] {
  return launch.kind === 'trace' ? [launch, ...(launch.sequels ?? [])] : [];
}

/** Something that was opened before. */
export const recentSchema = z.object({
  kind: z.enum(['machine', 'trace', 'inputs']),
  path: z.string(),
  /** Of a machine, the name that it had when it was opened last. */
  name: z.string().exactOptional(),
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
 * The files in which the state of a window is kept: the runs and sweeps, which may be large, and where the
 * person is in them, which changes with each move of a cursor.
 */
export const SESSION_FILES = ['session', 'places'] as const;
export type SessionFile = (typeof SESSION_FILES)[number];
const sessionFileSchema = z.enum(SESSION_FILES);

/** Every request, with the schemas of what it takes and what it returns. */
export const REQUESTS = {
  /** What to show first, and what can be opened. Whatever an earlier page had started is ended. */
  start: {
    takes: nothing,
    returns: z.object({
      launch: launchSchema,
      /** What `keepSession` was given last; null at the first start. */
      session: z.record(sessionFileSchema, z.string().nullable()),
      /** Whether the page before this one ended by a crash. */
      hasWindowDied: z.boolean(),
      samples: z.array(z.object({ name: z.string(), description: z.string() })),
      /** A seed of a sample that fails: what a newcomer sees first. */
      demo: launchSchema,
      /** The sample story, as a talk. */
      story: launchSchema,
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
  /** Asks where to save a page; null when the person changed their mind. */
  choosePage: {
    takes: z.object({ suggestedName: z.string() }),
    returns: z.string().nullable(),
  },
  /** Saves a trace as a page with these notes where the person has chosen. */
  savePage: {
    takes: z.object({
      saveId: id,
      path: z.string(),
      traceId,
      notes: z.array(noteSchema),
      about: pageAboutSchema,
    }),
    returns: replyOf(nothing),
  },
  /** Saves a page no further, which then is a problem. */
  cancelSave: { takes: z.object({ saveId: id }), returns: nothing },
  /** Asks where to save the report of a sweep; null when the person changed their mind. */
  saveReport: {
    takes: z.object({ suggestedName: z.string(), report: sweepReportSchema }),
    returns: replyOf(z.string().nullable()),
  },
  /**
   * Returns what the window shows there, as a PNG of twice the size if it is to be sharp. One at a time.
   */
  takePicture: {
    takes: z.object({ area: areaSchema, isSharp: z.boolean() }),
    returns: replyOf(pngSchema),
  },
  /** Asks where to save a picture; null when the person changed their mind. */
  savePicture: {
    takes: z.object({ suggestedName: z.string(), picture: pictureSchema }),
    returns: replyOf(z.string().nullable()),
  },
  /** Reports how far a picture is to whoever has ordered it. */
  tellPicture: { takes: pictureNewsSchema, returns: nothing },
  /** How many bytes the runs of the session take. */
  measureSession: { takes: nothing, returns: z.number() },
  /** Keeps the state of the window for its next start. Written whole or not, within a second. */
  keepSession: {
    takes: z.object({ file: sessionFileSchema, text: z.string() }),
    returns: nothing,
  },
  /**
   * Reports what a page has brought back of what was kept, before it keeps anything. A file that it did not read
   * whole gets another name, so that nothing is written over it. Returns the new paths, and the traces that no
   * run of the page is of, though nobody has closed it.
   */
  settleSession: {
    takes: z.object({
      runIds: z.array(z.string()),
      unread: z.array(z.object({ file: sessionFileSchema, title: z.string() })),
    }),
    returns: z.object({
      aside: replyOf(z.array(z.string())),
      unnamed: z.array(z.object({ traceId, path: z.string() })),
    }),
  },
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
  /** A source file of the machine was saved, and loading it takes a while; `machineSaved` says what came of it. */
  z.object({ kind: z.literal('machineLoading'), machineId: id }),
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
