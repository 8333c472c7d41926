import { z } from 'zod';
import { runSettingsSchema, sweepSettingsSchema } from '../../core/contract/tasks.ts';
import { verifiedSchema } from '../../core/contract/verified.ts';
import { machineRefSchema } from '../../core/contract/window.ts';
import { FINDING_KINDS } from '../../core/machine/finding.ts';
import { problemSchema } from '../../core/problem.ts';
import { sweepReportSchema } from '../../core/sweep/report.ts';
import { messageOf } from '../../core/thrown.ts';
import { keptAnswersSchema } from './kept-answers.ts';
import { keptSourceSchema } from './kept-coverage.ts';
import { isMembers, isTooDeep, readMembers, readOne, unknownMembers } from './kept-entries.ts';
import { storage } from './storage.ts';

/** What failed in a run. */
const keptFailure = z.object({
  kind: z.enum(FINDING_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z.string(),
});

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
  /** The run before a change of the source, and the step that was on the screen then. */
  change: z.object({ beforeId: z.string(), stepIndex: z.number().int() }).optional(),
  isRerun: z.boolean().default(false),
  /** The run whose operations it executes again. */
  remakes: z.string().optional(),
  isHeldBack: z.boolean().default(false),
  /** What failed in it. */
  failures: z.array(keptFailure).optional(),
  /** Of a run whose trace is in the session's folder, where nobody else changes it. */
  verified: verifiedSchema.optional(),
  /** Likewise. */
  answers: keptAnswersSchema.optional(),
  /** Of a file: the digest of the run that the answers are about. */
  answersOf: z.string().optional(),
  /** For a fork: whether the steps before it were executed again. */
  isPastExecuted: z.literal(true).optional(),
  /** Whether it ended before its first step: there is no trace to read. */
  isEmpty: z.literal(true).optional(),
});
export type KeptRun = z.infer<typeof keptRun>;

/** What is kept beside the runs. */
const keptShown = z.object({
  runId: z.string().optional(),
  shown: z.enum(['run', 'sweep']).default('run'),
  isRunOnSave: z.boolean().default(true),
});

/** A sweep with its report, since sweeping again takes long. */
const keptSweep = z.object({
  id: z.string(),
  machine: machineRefSchema,
  settings: sweepSettingsSchema,
  status: z.enum(['completed', 'cancelled']),
  report: sweepReportSchema,
  source: keptSourceSchema.optional(),
});

const keptDraft = z.object({
  by: z.enum(['count', 'time']).exactOptional(),
  count: z.string().exactOptional(),
  time: z.string().exactOptional(),
  from: z.string().exactOptional(),
  hasCoverage: z.boolean().exactOptional(),
});

const keptSweepId = z.string().optional();

/** The runs and sweeps of a session. */
export interface KeptSession {
  readonly runs: z.infer<typeof keptShown> & { readonly runs: readonly KeptRun[] };
  readonly sweeps: {
    readonly draft: z.infer<typeof keptDraft>;
    readonly sweeps: readonly z.infer<typeof keptSweep>[];
    readonly sweepId?: string | undefined;
  };
}

/** What was read of a session that was kept. */
export interface SessionReading extends KeptSession {
  /** What could not be read, in words, such as `the "status" of the run of seed 7`. */
  readonly lost: readonly string[];
  /** The names of what only a newer version knows. */
  readonly unknown: readonly string[];
}

/** What earlier versions kept with the runs: where the person is, which {@link recallPlaces} reads. */
const FORMER: ReadonlySet<string> = new Set([
  ...['cursor', 'isCursorTouched', 'compareWith', 'wantedSignature'].map(
    (name) => `runs.runs[].${name}`,
  ),
  'parts',
]);

/**
 * Reads a session entry by entry: what cannot be read spoils nothing else.
 *
 * @param text `null` where none was kept.
 */
export function readSession(text: string | null): SessionReading {
  if (text === null) return readFormerLists();
  const lost: string[] = [];
  const json = parseKept(text, lost);
  // A session without runs has an empty list of them.
  if (lost.length === 0 && !Object.hasOwn(json, 'runs')) lost.push('the list of the runs');
  const [runs, sweeps] = [readRuns(json['runs'], lost), readSweeps(json['sweeps'], lost)];
  // Where something is lost, lists have other places.
  const unknown = lost.length > 0 ? [] : unknownMembers(json, { runs, sweeps });
  return {
    runs,
    sweeps,
    lost,
    unknown: [...new Set(unknown)].filter((name) => !FORMER.has(name)),
  };
}

function parseKept(text: string, lost: string[]): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    if (isMembers(json)) return json;
    lost.push('all of it, which is not a JSON object');
  } catch (error) {
    lost.push(`all of it, which is not valid JSON (${messageOf(error)})`);
  }
  return {};
}

/** Reads the lists that earlier versions kept in the storage of the page, which loses what was read whole. */
function readFormerLists(): SessionReading {
  const take = <List>(key: string, read: (kept: unknown, lost: string[]) => List): List => {
    const lost: string[] = [];
    const text = storage.getItem(key);
    const list = read(text === null ? undefined : parseKept(text, lost), lost);
    if (text !== null && lost.length === 0) storage.removeItem(key);
    return list;
  };
  return {
    runs: take('phasmoscope-session', readRuns),
    sweeps: take('phasmoscope-sweeps', readSweeps),
    lost: [],
    unknown: [],
  };
}

/** Reads the runs, and what is kept with them. */
function readRuns(kept: unknown, lost: string[]): KeptSession['runs'] {
  const shown = readMembers(keptShown, kept ?? {});
  lost.push(...shown.lost.map((name) => `"${name}" of the runs`));
  const list = listIn(kept, 'runs', lost);
  return {
    ...(shown.value ?? keptShown.parse({})),
    runs: list.flatMap((entry, index) => readRun(entry, nameOfRun(entry, index), lost)),
  };
}

/** Reads the sweeps, and the settings for the next one. */
function readSweeps(kept: unknown, lost: string[]): KeptSession['sweeps'] {
  const { draft: keptFields, sweepId } = isMembers(kept) ? kept : {};
  const draft = readMembers(keptDraft, keptFields ?? {});
  if (draft.value === undefined) lost.push('the settings of the next sweep');
  lost.push(...draft.lost.map((name) => `"${name}" of the settings of the next sweep`));
  const id = readOne(keptSweepId, sweepId);
  if (!id.isWhole) lost.push('which sweep was shown');
  const sweeps = listIn(kept, 'sweeps', lost).flatMap((entry, index) => {
    const read = readMembers(keptSweep, entry);
    const name = `sweep ${index + 1} of the list`;
    if (read.value) lost.push(...read.lost.map((member) => `"${member}" of ${name}`));
    else lost.push(name);
    return read.value ?? [];
  });
  return { draft: draft.value ?? {}, sweeps, sweepId: id.value };
}

/** The list of runs or of sweeps; none, if nothing was kept of them. */
function listIn(kept: unknown, name: 'runs' | 'sweeps', lost: string[]): readonly unknown[] {
  const list = isMembers(kept) ? kept[name] : undefined;
  if (Array.isArray(list)) return list;
  if (kept !== undefined) lost.push(`the list of the ${name}`);
  return [];
}

function readRun(entry: unknown, run: string, lost: string[]): readonly KeptRun[] {
  if (!isMembers(entry)) {
    lost.push(run);
    return [];
  }
  // The parts that have entries of their own.
  const { answers: keptAnswers, failures: keptFailures, ...rest } = entry;
  const answers = readMembers(keptAnswersSchema, keptAnswers);
  const failures = Array.isArray(keptFailures)
    ? keptFailures.flatMap((one) => readOne(keptFailure, one).value ?? [])
    : undefined;
  const read = readMembers(keptRun, rest);
  if (!read.value) {
    lost.push(run);
    return [];
  }
  const isAnswered = keptAnswers === undefined || answers.value !== undefined;
  const hasFailures = keptFailures === undefined || failures?.length === lengthOf(keptFailures);
  lost.push(
    ...read.lost.map((name) => `"${name}" of ${run}`),
    ...answers.lost.map((name) => `"${name}" of the answers about ${run}`),
    ...(isAnswered ? [] : [`the answers about ${run}`]),
    ...(hasFailures ? [] : [`what failed in ${run}`]),
  );
  return [
    {
      ...read.value,
      // Without one, the run would be executed again, over its trace.
      ...(read.lost.includes('status') ? { status: 'completed' } : {}),
      ...(answers.value ? { answers: answers.value } : {}),
      ...(failures ? { failures } : {}),
    },
  ];
}

function lengthOf(list: unknown): number | undefined {
  return Array.isArray(list) ? list.length : undefined;
}

const namedRun = z.object({
  name: z.string().optional().catch(undefined),
  origin: z
    .object({
      path: z.string().optional().catch(undefined),
      settings: z.object({ seed: z.string() }).optional().catch(undefined),
    })
    .catch({}),
});

/** What a person knows a run by, as far as that can be read. */
function nameOfRun(entry: unknown, index: number): string {
  const { name, origin } = isTooDeep(entry) ? {} : (namedRun.safeParse(entry).data ?? {});
  if (name !== undefined) return `the run "${name}"`;
  if (origin?.path !== undefined) return `the run of ${origin.path}`;
  if (origin?.settings !== undefined) return `the run of seed ${origin.settings.seed}`;
  return `run ${index + 1} of the list`;
}
