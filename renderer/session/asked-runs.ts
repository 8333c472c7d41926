import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type {
  SweepRunSettings,
  TaskEnd,
  TaskEvent,
  TracePlace,
} from '../../core/contract/tasks.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { ASKED_RUNS_MAX } from '../../core/limits.ts';
import { toProblem } from '../../core/problem.ts';
import type { Claim, Judged } from '../../core/trace/questions/claims.ts';
import type { TraceSource } from '../../core/trace/questions/trace-source.ts';
import { newId, request } from '../api.ts';
import { bridgeSource, fileSource } from './asking.ts';
import { aimCursor } from './cursor.ts';
import { settingsOf } from './lineage.ts';
import { fileNameOf, type RunEntry } from './model.ts';
import { titleOf } from './names.ts';
import { openRun, openTrace, showRun } from './running.ts';
import { selectMachine, selectRun, session } from './store.ts';
import { readSweep } from './sweep-settings.ts';
import { cancelTasksOf, openTask, startOnMachine } from './tasks/registry.ts';

/** Which runs are asked. */
export const SCOPES = ['run', 'open', 'folder', 'seeds'] as const;
export type Scope = (typeof SCOPES)[number];

/** What is asked, while it is being chosen. */
export interface AskDraft {
  readonly kind: Claim['kind'];
  readonly expression: string;
  /** The name of the invariant. */
  readonly invariant: string | undefined;
  readonly scope: Scope;
  /** The folder of traces that was chosen. */
  readonly folder: { readonly folder: string; readonly files: readonly string[] } | undefined;
}

/** One of the runs that are asked. */
export type Subject =
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'seed'; readonly seed: string };

/** What came of asking a run. */
export type Answered =
  | { readonly kind: 'judged'; readonly judged: Judged }
  | { readonly kind: 'unjudged'; readonly why: string };

/** A claim that is asked of runs, or was. */
export interface AskedRuns {
  readonly claim: Claim;
  readonly scope: Scope;
  readonly subjects: readonly { readonly subject: Subject; readonly title: string }[];
  /** By the place of the run; those that are still to be asked have none. */
  readonly answers: ReadonlyMap<number, Answered>;
  readonly status: 'asking' | 'done' | 'cancelled' | 'failed';
  /** Why no run could be asked. */
  readonly problem?: string;
  /** What the seeds are those of. */
  readonly seeds?: { readonly machine: MachineRef; readonly settings: SweepRunSettings };
}

interface Asking {
  readonly draft: AskDraft;
  readonly asked: AskedRuns | undefined;
}

export const askedRuns = createStore<Asking>(() => ({
  draft: {
    kind: 'expression',
    expression: '',
    invariant: undefined,
    scope: 'open',
    folder: undefined,
  },
  asked: undefined,
}));

/** What is asked and what came of it, for a component. */
export function useAskedRuns<Selected>(select: (asking: Asking) => Selected): Selected {
  return useStore(askedRuns, select);
}

/** Chooses something else to ask. */
export function changeAskDraft(change: Partial<AskDraft>): void {
  askedRuns.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

/** Asks the person for a folder of traces. */
export async function chooseAskedFolder(): Promise<void> {
  const folder = await request('chooseTraces', null);
  if (folder) changeAskDraft({ folder, scope: 'folder' });
}

/** What is asked under way: it is replaced by what is asked next. */
let current: { readonly id: string; readonly abort: AbortController } | undefined;

/** Answers come together after this time. */
const GATHER_MS = 50;

/** Asks a claim of the runs of the draft's scope; what was asked before is dropped. */
export function askRuns(claim: Claim): void {
  cancelAsking();
  const asked = begin(claim, askedRuns.getState().draft);
  askedRuns.setState({ asked });
  if (asked.status !== 'asking') return;
  current = { id: newId('ask'), abort: new AbortController() };
  if (claim.kind === 'invariant' || asked.seeds) void askOnMachine(current.id, asked);
  else void askReader(current.id, asked, claim.expression, current.abort.signal);
}

/** Stops asking; the answers so far stay. */
export function cancelAsking(): void {
  if (!current) return;
  const { id, abort } = current;
  abort.abort();
  void cancelTasksOf(id);
  finish(id, 'cancelled');
}

function begin(claim: Claim, draft: AskDraft): AskedRuns {
  const { scope } = draft;
  const asked = { claim, scope, answers: new Map<number, Answered>(), status: 'asking' } as const;
  if (scope === 'seeds') return { ...asked, ...seedsToAsk() };
  const subjects =
    scope === 'folder'
      ? (draft.folder?.files ?? []).map(
          (path) => ({ subject: { kind: 'file', path }, title: fileNameOf(path) }) as const,
        )
      : runsToAsk(scope).map(
          (run) =>
            ({ subject: { kind: 'run', runId: run.id }, title: titleWithSeed(run) }) as const,
        );
  return subjects.length > 0 ? { ...asked, subjects } : failed(asked, 'There is no run to ask.');
}

type Begun = Pick<AskedRuns, 'claim' | 'scope' | 'answers'>;

function failed(asked: Begun, problem: string): AskedRuns {
  return { ...asked, subjects: [], status: 'failed', problem };
}

/** The open runs that can be asked: those that have steps, or had some when the last session ended. */
export function runsToAsk(scope: 'run' | 'open'): readonly RunEntry[] {
  const state = session.getState();
  const shown = selectRun(state);
  const runs = scope === 'run' ? (shown ? [shown] : []) : state.runs;
  return runs.filter(({ trace, isHeldBack, left, origin, status }) => {
    if (trace) return true;
    return !isHeldBack && status === 'waiting' && (left !== undefined || origin.kind === 'file');
  });
}

function titleWithSeed(run: RunEntry): string {
  const seed = run.trace?.header.seed ?? settingsOf(run)?.seed;
  return seed === undefined ? titleOf(run) : `${titleOf(run)} · seed ${seed}`;
}

function seedsToAsk(): Pick<AskedRuns, 'subjects' | 'status' | 'problem' | 'seeds'> {
  const state = session.getState();
  const machine = selectMachine(state);
  const none = { subjects: [], status: 'failed' } as const;
  if (!machine?.info) return { ...none, problem: 'Open a machine first.' };
  const read = readSweep({ ...state.sweepDraft, by: 'count', hasCoverage: false }, state.settings);
  if (read.kind === 'err') {
    return { ...none, problem: Object.values(read.problems).join(' ') };
  }
  const { from, count = 1 } = read.settings;
  if (count > ASKED_RUNS_MAX)
    return { ...none, problem: `At most ${ASKED_RUNS_MAX} seeds are asked at once.` };
  const subjects = Array.from({ length: count }, (_, place) => {
    const seed = (BigInt(from) + BigInt(place)).toString();
    return { subject: { kind: 'seed', seed }, title: `seed ${seed}` } as const;
  });
  return {
    subjects,
    status: 'asking',
    seeds: { machine: machine.ref, settings: read.settings },
  };
}

/** Asks an expression of traces, one after another: no machine is needed. */
async function askReader(
  id: string,
  { subjects }: AskedRuns,
  expression: string,
  signal: AbortSignal,
): Promise<void> {
  for (const [place, { subject }] of subjects.entries()) {
    try {
      const judged = await judge(sourceOfSubject(subject), expression, signal);
      answer(id, place, { kind: 'judged', judged });
    } catch (error) {
      if (signal.aborted) return;
      answer(id, place, { kind: 'unjudged', why: toProblem(error, 'It could not be asked').title });
    }
  }
  finish(id, 'done');
}

async function judge(
  source: TraceSource,
  expression: string,
  signal: AbortSignal,
): Promise<Judged> {
  let steps = 0;
  let failedAt: number | undefined;
  const counted = await source.ask(
    { kind: 'where', expression, from: -1, isFirstOnly: true, isFalseWanted: true },
    {
      signal,
      onFound: (found) => {
        steps = Math.max(steps, found.searched);
        failedAt ??= found.steps[0];
      },
    },
  );
  return { ...counted, steps, ...(failedAt === undefined ? {} : { failedAt }) };
}

function placeOf(subject: Subject): TracePlace {
  if (subject.kind === 'file') return subject;
  if (subject.kind === 'seed') throw new Error('a seed has no trace');
  const { runId } = subject;
  const origin = session.getState().runs.find(({ id }) => id === runId)?.origin;
  return origin?.kind === 'file' ? origin : { kind: 'session', traceId: runId };
}

/** An open run is asked where it is read; what is not read yet stays so. */
function sourceOfSubject(subject: Subject): TraceSource {
  const isRead =
    subject.kind === 'run' &&
    session.getState().runs.some(({ id, trace }) => id === subject.runId && trace !== undefined);
  return isRead ? bridgeSource(subject.runId) : fileSource(placeOf(subject));
}

/** Asks in the process of the machine: an invariant runs its code, and so does a seed. */
async function askOnMachine(id: string, { claim, subjects, seeds }: AskedRuns): Promise<void> {
  const ref = seeds?.machine ?? selectMachine(session.getState())?.ref;
  if (!ref) return finish(id, 'failed', 'Open the machine of the invariant first.');
  const taskId = openTask('ask', {
    subjectId: id,
    take: (event) => take(id, event),
    end: (end) => takeEnd(id, end),
  });
  await startOnMachine(taskId, ref, (machineId) => ({
    kind: 'ask',
    machineId,
    claim,
    traces: seeds ? [] : subjects.map(({ subject }) => placeOf(subject)),
    ...(seeds ? { seeds: withCount(seeds.settings) } : {}),
  }));
}

function withCount({ timeBudgetMs: _, count = 1, ...rest }: SweepRunSettings) {
  return { ...rest, count };
}

function take(id: string, event: TaskEvent<'ask'>): void {
  if (event.kind === 'judged') return answer(id, event.place, event);
  return answer(id, event.place, { kind: 'unjudged', why: event.problem.title });
}

function takeEnd(id: string, end: TaskEnd): void {
  if (end.kind === 'failed') finish(id, 'failed', end.problem.title);
  else finish(id, end.kind === 'completed' ? 'done' : 'cancelled');
}

/** Shows the step at which a claim fails, in its run. */
export function showFailure(
  { seeds }: Pick<AskedRuns, 'seeds'>,
  subject: Subject,
  stepIndex: number,
): Promise<void> {
  const aim = { stepIndex };
  if (subject.kind === 'seed') {
    if (!seeds) throw new Error('the seeds have no machine');
    const { from: _, count: __, timeBudgetMs: ___, ...settings } = seeds.settings;
    const run = { ...settings, seed: subject.seed };
    return openRun({ kind: 'machine', machine: seeds.machine, settings: run }, aim);
  }
  const { runs } = session.getState();
  const open = runs.find(({ id, origin, isHeldBack }) =>
    subject.kind === 'run'
      ? id === subject.runId
      : origin.kind === 'file' && origin.path === subject.path && !isHeldBack,
  );
  if (!open) return subject.kind === 'file' ? openTrace(subject.path, aim) : Promise.resolve();
  aimCursor(open.id, aim);
  return showRun(open.id);
}

/** Answers that have come and are not shown yet. */
const gathered = new Map<number, Answered>();
let timer: ReturnType<typeof setTimeout> | undefined;

function answer(id: string, place: number, answered: Answered): void {
  if (current?.id !== id) return;
  gathered.set(place, answered);
  timer ??= setTimeout(showGathered, GATHER_MS);
}

function showGathered(): void {
  clearTimeout(timer);
  timer = undefined;
  if (gathered.size === 0) return;
  const added = [...gathered];
  gathered.clear();
  askedRuns.setState(({ asked }) =>
    asked ? { asked: { ...asked, answers: new Map([...asked.answers, ...added]) } } : {},
  );
}

function finish(id: string, status: AskedRuns['status'], problem?: string): void {
  if (current?.id !== id) return;
  showGathered();
  current = undefined;
  askedRuns.setState(({ asked }) =>
    asked ? { asked: { ...asked, status, ...(problem === undefined ? {} : { problem }) } } : {},
  );
}
