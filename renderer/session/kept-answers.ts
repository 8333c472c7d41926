import { z } from 'zod';
import { coverageSchema, type Coverage } from '../../core/contract/coverage.ts';
import { rerunSchema } from '../../core/trace/compare/rerun.ts';
import {
  crashVerdictSchema,
  CRASH_VERDICTS,
  doomPointSchema,
  explainedSchema,
  NEEDS,
} from '../../core/trace/words/judged.ts';
import { countVerdicts } from './crash-points.ts';
import type {
  Answers,
  DoomCurve,
  RunCrashes,
  RunDoom,
  RunEntry,
  RunExplanation,
  WithSaved,
} from './model.ts';

/*
 * What was asked of a run and took its time comes back with the session, with the source that it was computed
 * from: why it fails, how it crashes everywhere, when it was doomed, and what it comes to with the source that was
 * saved; and which lines its steps executed, as far as there is room for the texts of the source.
 */

/** More verdicts are not kept: the session is written at every change. */
const VERDICTS_KEPT_MAX = 50_000;

const status = z.enum(['completed', 'cancelled', 'failed']);
const sourceHash = z.string().exactOptional();
const foundAt = z.object({ signature: z.string(), stepIndex: z.number().int() });
const curve = z.object({
  status,
  points: z.array(doomPointSchema),
  runs: z.number(),
  decidedAt: z.number().exactOptional(),
  sourceHash,
});

/** The answers of a run, as they are kept. */
export const keptAnswersSchema = z.object({
  explanation: z
    .object({
      cause: foundAt,
      status,
      /** By its place in the kinds, the steps that are needed so much. */
      needs: z.array(z.array(z.number().int())),
      made: z.number(),
      of: z.number(),
      explained: explainedSchema.exactOptional(),
      sourceHash,
    })
    .exactOptional(),
  crashes: z
    .object({
      status,
      steps: z.number(),
      sourceHash,
      /** What was found, each once. */
      findings: crashVerdictSchema.shape.findings,
      /** For each verdict its step, the actions that were out or -1, its place in the kinds, and its findings. */
      verdicts: z.array(z.array(z.number().int()).min(3)),
    })
    .exactOptional(),
  doom: curve.extend({ cause: foundAt, after: curve.exactOptional() }).exactOptional(),
  withSaved: z.object({ rerun: rerunSchema, sourceHash }).exactOptional(),
  executed: z.object({ steps: z.number().int(), coverage: coverageSchema }).exactOptional(),
});
export type KeptAnswers = z.infer<typeof keptAnswersSchema>;

/**
 * What is kept of the answers; of those under way, what is known by now. Absent when there is nothing.
 *
 * @param hasRoom whether there is room for a source.
 */
export function answersToKeep(
  answers: Answers,
  hasRoom: (coverage: Coverage) => boolean,
): KeptAnswers | undefined {
  const { explanation, crashes, doom, withSaved, executed } = answers;
  const kept = {
    ...(explanation ? { explanation: packExplanation(explanation) } : {}),
    ...(crashes && crashes.count <= VERDICTS_KEPT_MAX ? { crashes: packCrashes(crashes) } : {}),
    ...(doom ? { doom: packDoom(doom) } : {}),
    ...packSaved(withSaved),
    ...(executed && hasRoom(executed.coverage) ? { executed } : {}),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Whether anything was asked of a run. */
export function hasAnswers(answers: Answers): boolean {
  const { explanation, crashes, doom, withSaved, executed } = answers;
  return [explanation, crashes, doom, withSaved, executed].some((answer) => answer !== undefined);
}

/** Takes answers back. */
export function recallAnswers(kept: KeptAnswers): Answers {
  const { explanation, crashes, doom, withSaved, executed } = kept;
  return {
    ...(explanation ? { explanation: unpackExplanation(explanation) } : {}),
    ...(crashes ? { crashes: unpackCrashes(crashes) } : {}),
    ...(doom ? { doom: unpackDoom(doom) } : {}),
    ...(withSaved ? { withSaved: { kind: 'ended', ...withSaved } } : {}),
    ...(executed ? { executed } : {}),
  };
}

/** What is kept of the answers beside a run. */
interface KeptWithRun {
  readonly answers?: KeptAnswers | undefined;
  /** Of a file: the digest of the run that the answers are about. */
  readonly answersOf?: string | undefined;
}

/** The answers of a run; of a file, with the digest of the run that it holds, as soon as that is known. */
export function keptAnswersOf(
  run: RunEntry,
  hasRoom: (coverage: Coverage) => boolean,
): KeptWithRun {
  const { origin, fileDigest = '', answersLeft } = run;
  const answersOf = answersLeft?.digest ?? fileDigest;
  const answers = answersToKeep(answersLeft?.answers ?? run, hasRoom);
  if (!answers) return {};
  if (origin.kind !== 'file') return { answers };
  return answersOf === '' ? {} : { answers, answersOf };
}

/** Takes the answers of a run back; those about a file wait until it is known whether that holds the same run. */
export function recalledAnswers(
  run: KeptWithRun & {
    readonly status?: RunEntry['status'] | undefined;
    readonly origin: RunEntry['origin'];
  },
): Partial<RunEntry> {
  const { answers, answersOf, origin } = run;
  if (!answers) return {};
  if (origin.kind === 'file') {
    const left = answersOf && { digest: answersOf, answers: recallAnswers(answers) };
    return left ? { answersLeft: left } : {};
  }
  // Only of a run whose trace was kept: another one is executed again.
  return run.status === undefined ? {} : recallAnswers(answers);
}

type KeptExplanation = NonNullable<KeptAnswers['explanation']>;

function packExplanation({ needs, status: now, ...rest }: RunExplanation): KeptExplanation {
  const stepsBy = NEEDS.map((kind) =>
    [...needs].flatMap(([at, need]) => (need === kind ? [at] : [])),
  );
  return { ...rest, status: endedAs(now), needs: stepsBy };
}

function unpackExplanation({ needs, ...rest }: KeptExplanation): RunExplanation {
  const pairs = NEEDS.flatMap((need, kind) => needs[kind]?.map((at) => [at, need] as const) ?? []);
  return { ...rest, needs: new Map(pairs) };
}

type KeptCrashes = NonNullable<KeptAnswers['crashes']>;

/** What was packed, by the object that changes with each verdict: the session is kept often. */
const packed = new WeakMap<RunCrashes, KeptCrashes>();

function packCrashes(crashes: RunCrashes): KeptCrashes {
  const known = packed.get(crashes);
  if (known) return known;
  const numbers = new Map<string, number>();
  const findings: KeptCrashes['findings'] = [];
  const numberOf = (finding: KeptCrashes['findings'][number]) => {
    const key = JSON.stringify([finding.kind, finding.name, finding.message]);
    const number = numbers.get(key) ?? findings.push(finding) - 1;
    numbers.set(key, number);
    return number;
  };
  const made = {
    status: endedAs(crashes.status),
    steps: crashes.steps,
    ...hashOf(crashes),
    findings,
    verdicts: crashes.verdicts.map(({ stepIndex, dispatched = -1, verdict, findings: found }) => [
      stepIndex,
      dispatched,
      CRASH_VERDICTS.indexOf(verdict),
      ...found.map(numberOf),
    ]),
  };
  packed.set(crashes, made);
  return made;
}

function unpackCrashes({ findings, verdicts: kept, ...rest }: KeptCrashes): RunCrashes {
  const verdicts = kept.map(([stepIndex = 0, dispatched = -1, verdict = 0, ...found]) => ({
    stepIndex,
    ...(dispatched < 0 ? {} : { dispatched }),
    verdict: CRASH_VERDICTS[verdict] ?? 'fine',
    findings: found.flatMap((number) => findings[number] ?? []),
  }));
  return { ...rest, verdicts, count: verdicts.length, ...countVerdicts(verdicts) };
}

function packDoom({ cause, after, ...before }: RunDoom): NonNullable<KeptAnswers['doom']> {
  return { ...packCurve(before), cause, ...(after ? { after: packCurve(after) } : {}) };
}

function packCurve({ status: now, points, ...rest }: DoomCurve): z.infer<typeof curve> {
  return { ...rest, status: endedAs(now), points: [...points.values()] };
}

function unpackDoom({ cause, after, ...before }: NonNullable<KeptAnswers['doom']>): RunDoom {
  return { ...unpackCurve(before), cause, ...(after ? { after: unpackCurve(after) } : {}) };
}

function unpackCurve({ points, ...rest }: z.infer<typeof curve>): DoomCurve {
  return { ...rest, points: new Map(points.map((point) => [point.from, point])) };
}

function packSaved(withSaved: WithSaved | undefined): Pick<KeptAnswers, 'withSaved'> {
  if (withSaved?.kind !== 'ended') return {};
  return { withSaved: { rerun: withSaved.rerun, ...hashOf(withSaved) } };
}

function hashOf({ sourceHash: hash }: { readonly sourceHash?: string }): { sourceHash?: string } {
  return hash === undefined ? {} : { sourceHash: hash };
}

/** What was under way when the window was closed does not go on. */
function endedAs(now: RunCrashes['status']): Exclude<RunCrashes['status'], 'running'> {
  return now === 'running' ? 'cancelled' : now;
}
