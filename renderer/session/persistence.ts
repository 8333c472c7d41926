import { z } from 'zod';
import {
  runSettingsSchema,
  sweepSettingsSchema,
  verifiedSchema,
  type Verified,
} from '../../core/contract/tasks.ts';
import { machineRefSchema } from '../../core/contract/window.ts';
import { FINDING_KINDS } from '../../core/machine/finding.ts';
import { problemSchema } from '../../core/problem.ts';
import { sweepReportSchema } from '../../core/sweep/report.ts';
import { request } from '../api.ts';
import { failuresOf } from './failed-seeds.ts';
import { interruptedAfter } from './growing.ts';
import { answersToKeep, keptAnswersSchema, recallAnswers } from './kept-answers.ts';
import { adoptSettings, ensureMachine, showOpenProblem } from './machines.ts';
import {
  isUnreadable,
  type Cursor,
  type RunEntry,
  type SweepEntry,
  type Verification,
} from './model.ts';
import { showNotice } from './notices.ts';
import { showRun } from './running.ts';
import { selectCursor, session, type Session } from './store.ts';
import { showSweep } from './tasks/sweep.ts';

/** A kept run: where it comes from and how it was; its steps are in the session's folder. */
const keptRun = z.object({
  id: z.string(),
  origin: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('machine'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
    }),
    z.object({
      kind: z.literal('shrunk'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
      signature: z.string(),
    }),
    z.object({
      kind: z.literal('fork'),
      machine: machineRefSchema,
      settings: runSettingsSchema,
      parentId: z.string(),
      fork: z.string(),
    }),
    z.object({ kind: z.literal('file'), path: z.string() }),
  ]),
  /** The name of a fork, if it was given one. */
  name: z.string().optional(),
  /** Absent in a session of an earlier version, which did not keep the steps of its runs. */
  status: z.enum(['waiting', 'running', 'completed', 'cancelled', 'failed']).optional(),
  problem: problemSchema.optional(),
  cursor: z.number().int(),
  isCursorTouched: z.boolean(),
  compareWith: z.number().int().optional(),
  wantedSignature: z.string().optional(),
  /** The run before a change of the source, and the step that was on the screen then. */
  change: z.object({ beforeId: z.string(), stepIndex: z.number().int() }).optional(),
  isRerun: z.boolean().default(false),
  /** The run whose operations it executes again. */
  remakes: z.string().optional(),
  isHeldBack: z.boolean().default(false),
  /** What failed in it. */
  failures: z
    .array(
      z.object({
        kind: z.enum(FINDING_KINDS),
        name: z.string(),
        message: z.string(),
        signature: z.string(),
      }),
    )
    .optional(),
  /** Of a run whose trace is in the session's folder, where nobody else changes it. */
  verified: verifiedSchema.optional(),
  /** Likewise. */
  answers: keptAnswersSchema.optional(),
  /** For a fork: whether the steps before it were executed again. */
  isPastExecuted: z.literal(true).optional(),
});
type KeptRun = z.infer<typeof keptRun>;

const keptRuns = z.object({
  runs: z.array(keptRun),
  runId: z.string().optional(),
  shown: z.enum(['run', 'sweep']).default('run'),
  isRunOnSave: z.boolean().default(true),
});

const keptSweeps = z.object({
  draft: z.object({
    by: z.enum(['count', 'time']),
    count: z.string(),
    time: z.string(),
    from: z.string(),
  }),
  /** With their reports, since sweeping again takes long. */
  sweeps: z.array(
    z.object({
      id: z.string(),
      machine: machineRefSchema,
      settings: sweepSettingsSchema,
      status: z.enum(['completed', 'cancelled']),
      report: sweepReportSchema,
    }),
  ),
  sweepId: z.string().optional(),
});

const keptSession = z.object({
  runs: keptRuns.optional(),
  sweeps: keptSweeps.optional(),
  /** How the panels are arranged, by the names of the parts. */
  parts: z.record(z.string(), z.unknown()).default({}),
});
type KeptSession = z.infer<typeof keptSession>;

/** Something else that is kept with the session, such as the arrangement of a panel. */
export interface SessionPart {
  readonly name: string;
  /** What is kept of it, as JSON. */
  readonly keep: () => unknown;
  /** Takes back what was kept by this version or another one. */
  readonly recall: (kept: unknown) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** The session is kept this long after it has changed, with whatever changes in the meantime. */
const KEEP_MS = 300;

/** Keeps the session at every change, until the returned function is called. */
export function keepSession(parts: readonly SessionPart[] = []): () => void {
  let kept: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (isLeaving = false) => {
    clearTimeout(timer);
    timer = undefined;
    const text = JSON.stringify(toKeep(session.getState(), parts, isLeaving));
    // A run that grows changes nothing that is kept.
    if (text !== kept) void request('keepSession', { text });
    kept = text;
  };
  const keepSoon = () => {
    timer ??= setTimeout(keep, KEEP_MS);
  };
  const leave = () => keep(true);
  keep();
  const unsubscribe = [
    session.subscribe((now, before) => {
      if (isOther(now, before)) keepSoon();
    }),
    ...parts.map((part) => part.subscribe(keepSoon)),
  ];
  addEventListener('pagehide', leave);
  return () => {
    clearTimeout(timer);
    for (const end of unsubscribe) end();
    removeEventListener('pagehide', leave);
  };
}

const KEPT_OF_SESSION = [
  'runs',
  'cursors',
  'runId',
  'shown',
  'isRunOnSave',
  'sweepDraft',
  'sweepId',
  'sweeps',
] as const satisfies readonly (keyof Session)[];

function isOther(now: Session, before: Session): boolean {
  return KEPT_OF_SESSION.some((key) => now[key] !== before[key]);
}

/** @param isLeaving whether the window is closing in order, so that no run is to blame for its end. */
function toKeep(state: Session, parts: readonly SessionPart[], isLeaving: boolean): KeptSession {
  const { runId, shown, isRunOnSave, sweepId, sweepDraft: draft } = state;
  const sweeps = state.sweeps.flatMap(({ id, machine, settings, status, report }) =>
    report && (status === 'completed' || status === 'cancelled')
      ? [{ id, machine, settings, status, report }]
      : [],
  );
  return {
    runs: {
      runs: state.runs
        .filter((run) => !isUnreadable(run))
        .map((run) => runToKeep(state, run, isLeaving)),
      runId,
      shown,
      isRunOnSave,
    },
    sweeps: { draft, sweeps, sweepId },
    parts: Object.fromEntries(parts.map(({ name, keep }) => [name, keep()])),
  };
}

function runToKeep(state: Session, run: RunEntry, isLeaving: boolean): KeptRun {
  const { id, origin, name, left, change, isRerun = false, remakes, isHeldBack = false } = run;
  const { stepIndex, isTouched, aim, compareWith } = selectCursor(state, id);
  const { status, problem } = run.status === 'waiting' ? (left ?? {}) : run;
  const answers = origin.kind === 'file' ? undefined : answersToKeep(run);
  const failures = failuresOf(run);
  const isReadAgain = isLeaving && origin.kind === 'file';
  const verified = origin.kind === 'file' ? undefined : verifiedToKeep(run.verification);
  return {
    id,
    origin,
    ...(name === undefined ? {} : { name }),
    ...(status === undefined || isReadAgain ? {} : { status }),
    ...(problem ? { problem } : {}),
    cursor: aim && 'stepIndex' in aim ? aim.stepIndex : stepIndex,
    isCursorTouched: isTouched || (aim !== undefined && 'stepIndex' in aim),
    ...(compareWith === undefined ? {} : { compareWith }),
    ...(aim && 'signature' in aim ? { wantedSignature: aim.signature } : {}),
    ...(change ? { change: { beforeId: change.beforeId, stepIndex: change.stepIndex } } : {}),
    isRerun,
    ...(remakes === undefined ? {} : { remakes }),
    isHeldBack,
    ...(failures.length > 0 ? { failures: [...failures] } : {}),
    ...(verified ? { verified } : {}),
    ...(answers ? { answers } : {}),
    ...(run.isPastExecuted ? { isPastExecuted: true } : {}),
  };
}

/** The most characters of a verification that are kept: a differing step may hold a whole state. */
const VERIFIED_CHARS_MAX = 100_000;

function verifiedToKeep(verification: Verification | undefined): Verified | undefined {
  if (!verification || verification.kind === 'running') return undefined;
  return JSON.stringify(verification).length > VERIFIED_CHARS_MAX ? undefined : verification;
}

/**
 * Brings back the lists of the last session; each run is read when it is shown.
 *
 * @param text what was kept last, if anything was.
 * @param hasWindowDied whether the last session ended by the death of its window: the run on the
 *   screen is then held back.
 * @returns shows what was on the screen when the last session ended.
 */
export function recallSession(
  text: string | null,
  hasWindowDied: boolean,
  parts: readonly SessionPart[] = [],
): () => Promise<void> {
  const { runs, sweeps, parts: arrangements } = parse(keptSession, text) ?? recallOld();
  const found = runs?.runs ?? [];
  session.setState({
    runs: found.map((run) => {
      const wasShown = run.id === runs?.runId && runs.shown === 'run';
      return recallRun(run, hasWindowDied && wasShown);
    }),
    cursors: Object.fromEntries(found.map((run) => [run.id, recallCursor(run)])),
    ...(runs ? { isRunOnSave: runs.isRunOnSave } : {}),
    ...(sweeps ? { sweepDraft: sweeps.draft, sweeps: sweeps.sweeps } : {}),
  });
  for (const part of parts) part.recall(arrangements[part.name]);
  return () => resume(runs?.runId, runs?.shown, sweeps?.sweepId, hasWindowDied);
}

function recallRun(kept: KeptRun, hasWindowDiedOfIt: boolean): RunEntry {
  const { id, origin, name, status, problem, change, isRerun, remakes, isHeldBack } = kept;
  const { failures, verified, answers, isPastExecuted } = kept;
  const run: RunEntry = {
    id,
    origin,
    status: 'waiting',
    steps: 0,
    ...(name === undefined ? {} : { name }),
    ...(status === undefined || origin.kind === 'file' ? {} : { left: { status, problem } }),
    ...(change ? { change } : {}),
    ...(isRerun ? { isRerun } : {}),
    ...(remakes === undefined ? {} : { remakes }),
    ...(failures ? { failures } : {}),
    // Only of a run whose trace was kept: another one is executed again.
    ...(answers && status !== undefined ? recallAnswers(answers) : {}),
    ...(verified ? { verification: verified } : {}),
    ...(isPastExecuted ? { isPastExecuted } : {}),
  };
  // A shrinking writes its trace at its end only.
  if (status === 'running' && origin.kind === 'shrunk') {
    return { ...run, status: 'cancelled', problem: interruptedAfter(0) };
  }
  const wasBeingRead = status === 'running' && origin.kind === 'file';
  return isHeldBack || wasBeingRead || hasWindowDiedOfIt ? { ...run, isHeldBack: true } : run;
}

/** A cursor goes to where it was left, as soon as the run has come that far again. */
function recallCursor({ cursor, isCursorTouched, wantedSignature, compareWith }: KeptRun): Cursor {
  const start: Cursor = {
    stepIndex: -1,
    isTouched: false,
    ...(compareWith === undefined ? {} : { compareWith }),
  };
  if (isCursorTouched) return { ...start, aim: { stepIndex: cursor } };
  return wantedSignature === undefined ? start : { ...start, aim: { signature: wantedSignature } };
}

/** Shows the run or sweep that was on the screen; a sweep that the window died of only on request. */
async function resume(
  runId: string | undefined,
  shown: Session['shown'] | undefined,
  sweepId: string | undefined,
  hasWindowDied: boolean,
): Promise<void> {
  const { runs, sweeps } = session.getState();
  const sweep = sweeps.find(({ id }) => id === sweepId);
  if (sweep) session.setState({ sweepId, runId });
  if (sweep && shown === 'sweep') {
    if (!hasWindowDied) return resumeSweep(sweep);
    showNotice('The window ended while a sweep was shown. Choose it on the left to see it again.');
    return undefined;
  }
  if (runId !== undefined && runs.some(({ id }) => id === runId)) await showRun(runId);
}

/** Shows a sweep, with the toolbar set to it. */
async function resumeSweep({ id, machine: ref, settings }: SweepEntry): Promise<void> {
  showSweep(id);
  const { from: seed, count: _, timeBudgetMs: __, ...rest } = settings;
  const machine = await ensureMachine(ref);
  if (machine) adoptSettings(machine, { ...rest, seed });
  else showOpenProblem(ref, id);
}

/** The lists that earlier versions kept in the storage of the page, which is emptied. */
function recallOld(): KeptSession {
  const take = <Schema extends z.ZodType>(key: string, schema: Schema) => {
    try {
      const text = localStorage.getItem(key);
      localStorage.removeItem(key);
      return parse(schema, text);
    } catch {
      return undefined;
    }
  };
  return {
    runs: take('phasmoscope-session', keptRuns),
    sweeps: take('phasmoscope-sweeps', keptSweeps),
    parts: {},
  };
}

/** Returns nothing if nothing was kept, or only data that this version does not know. */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
