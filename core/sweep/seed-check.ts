import { CHECK_EVERYTHING } from '../engine/check-plan.ts';
import { driveToEnd, type Pulse } from '../engine/driving.ts';
import type { CheckCounts } from '../engine/executor.ts';
import { startSeed, type Run, type RunPlan } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { UnaskedWatch, type Unasked } from '../engine/unasked.ts';
import type { Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { Printed } from '../machine/printed.ts';
import { cutText } from '../text/visible.ts';
import { SelfExplainingError } from '../thrown.ts';
import { encodeValue } from '../value/encoding.ts';
import { Beginning } from './beginning.ts';
import { addTallies, type PhaseCounter, type PhaseTally } from './phase-tally.ts';
import { partOfPhases, type SweepGroup } from './report.ts';
import { addChecks, addCounts, addGroups } from './sums.ts';
import { addUnasked, partOfUnasked, type PartOfUnasked } from './unasked-seeds.ts';

/** The result of a number of seeds. Results can be added up. */
export interface SweepPart extends PartOfUnasked {
  /** Seeds run to their end. */
  readonly seeds: number;
  /** Seeds that were begun but not finished. Their findings until then count. */
  readonly unfinished: number;
  /** Seeds whose scenario had no more operations, although it was asked for more. */
  readonly endedEarly: number;
  readonly operations: number;
  readonly steps: number;
  readonly groups: readonly SweepGroup[];
  /** The number of seeds that reached each thing that should be reached now and then. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly checks: CheckCounts;
  /** The phases through which records went; absent where none has phases, or nobody counted them. */
  readonly phases?: PhaseTally | undefined;
}

/** The result of no seeds. */
export const NOTHING_SWEPT: SweepPart = {
  seeds: 0,
  unfinished: 0,
  endedEarly: 0,
  operations: 0,
  steps: 0,
  groups: [],
  sometimes: {},
  checks: { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} },
};

/** Adds up two parts of a sweep. */
export function addParts(one: SweepPart, other: SweepPart): SweepPart {
  return {
    seeds: one.seeds + other.seeds,
    unfinished: one.unfinished + other.unfinished,
    endedEarly: one.endedEarly + other.endedEarly,
    operations: one.operations + other.operations,
    steps: one.steps + other.steps,
    ...addUnasked(one, other),
    groups: addGroups(one.groups, other.groups),
    sometimes: addCounts(one.sometimes, other.sometimes),
    checks: addChecks(one.checks, other.checks),
    ...partOfPhases(addTallies(one.phases, other.phases)),
  };
}

/** How the seeds of a sweep are run. */
export interface SweptPlan extends RunPlan {
  /** The same plan, with a module that remembers nothing of earlier seeds; absent where there is no module. */
  readonly anew?: (() => RunPlan) | undefined;
}

/** How a seed ended: as planned, because the pulse stopped it, or because the scenario threw. */
export type SeedEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broken'; readonly error: SelfExplainingError };

/** The result of one seed. An unfinished seed keeps its findings. */
export interface CheckedSeed extends SweepPart {
  readonly end: SeedEnd;
}

/**
 * Runs a seed and gathers its findings, one for each cause.
 *
 * If a cause is new, or known from larger seeds only, the seed is run again with every check on, so that its
 * example is the step that a recorded run shows; and with its module as it begins, if the seed begins otherwise
 * then. A seed that is stopped has no time for that:
 * its examples are the sampled ones. An example is unsteady if neither the closer run nor a repetition
 * of the sampled run finds it.
 *
 * @param isNews whether a cause is new, or known from larger seeds only.
 * @param onNews called with such causes as soon as they are found, so that they are known whatever
 * happens to the seed afterwards.
 * @param phases counts the changes of phases in the run, if they are wanted.
 */
export async function checkSeed(
  plan: SweptPlan,
  seed: bigint,
  isNews: (signature: string) => boolean,
  pulse: Pulse,
  onNews: (group: SweepGroup) => void = () => {},
  phases?: PhaseCounter,
): Promise<CheckedSeed> {
  const { sampling, anew } = plan;
  const sampled = await execute(
    plan,
    seed,
    pulse,
    (signature, found) => {
      if (isNews(signature)) onNews(toGroup(signature, found, seed));
    },
    phases,
  );
  const isSampled = sampling.rulesEvery > 1 || sampling.invariantsEvery > 1;
  const isNew = sampled.end.kind !== 'stopped' && [...sampled.found.keys()].some(isNews);
  // What hangs takes as long as a step may, each time.
  const isCompared = isNew && ![...sampled.found.values()].some(isHang);
  const recalls = isCompared && anew && !(await sampled.beginning.isThatOf(anew(), seed, pulse));
  const alone = () => (recalls ? anew() : plan);
  const exact =
    isNew && (isSampled || recalls)
      ? await execute({ ...alone(), sampling: CHECK_EVERYTHING }, seed, pulse)
      : sampled;
  const { run, found, sometimes } = sampled;
  // A closer run may go elsewhere. A repetition with the same checks must not, unless something is kept.
  const missing = [...found.keys()].filter((one) => isNews(one) && !exact.found.has(one));
  const isRepeated = missing.length > 0 && exact.end.kind !== 'stopped';
  const again = isRepeated ? await execute(alone(), seed, pulse) : sampled;
  const isUnsteady = (signature: string) =>
    again.end.kind !== 'stopped' && missing.includes(signature) && !again.found.has(signature);
  const end = exact.end.kind === 'stopped' ? exact.end : sampled.end;
  const isDone = end.kind === 'done';
  return {
    end,
    seeds: isDone ? 1 : 0,
    unfinished: isDone ? 0 : 1,
    endedEarly: isDone && run?.hasEndedEarly ? 1 : 0,
    operations: run?.operations ?? 0,
    steps: run?.steps ?? 0,
    ...partOfUnasked(sampled.unasked, seed),
    groups: [...found].map(([signature, one]) => {
      const group = toGroup(
        signature,
        exact.found.get(signature) ?? again.found.get(signature) ?? one,
        seed,
      );
      return isUnsteady(signature) ? { ...group, isUnsteady: true } : group;
    }),
    sometimes: Object.fromEntries(
      Object.entries(sometimes).map(([name, isReached]) => [name, isReached ? 1 : 0]),
    ),
    checks: run?.checks ?? NOTHING_SWEPT.checks,
  };
}

function isHang({ finding }: Found): boolean {
  return finding.kind === 'hang';
}

interface Found {
  readonly finding: Finding;
  readonly operations: number;
  /** What was printed in its step. */
  readonly output: readonly Printed[];
}

/** Reports of sweeps are sent often: an example shows the first of what was printed. */
const EXAMPLE_PRINTED_MAX = 20;
const EXAMPLE_CHARS_MAX = 500;

/** One execution of a seed, possibly unfinished. */
interface Execution {
  /** Absent when the scenario did not start. */
  readonly run: Run | undefined;
  readonly found: ReadonlyMap<string, Found>;
  readonly sometimes: Readonly<Record<string, boolean>>;
  readonly unasked: Unasked | undefined;
  readonly beginning: Beginning;
  readonly end: SeedEnd;
}

async function execute(
  plan: RunPlan,
  seed: bigint,
  pulse: Pulse,
  onFound: (signature: string, found: Found) => void = () => {},
  phases?: PhaseCounter,
): Promise<Execution> {
  const found = new Map<string, Found>();
  const unasked = new UnaskedWatch();
  const beginning = new Beginning();
  let run: Run | undefined;
  try {
    const started = startSeed(plan, seed);
    run = started;
    const add = (finding: Finding, output: readonly Printed[] = []) => {
      const signature = signatureOf(finding);
      if (found.has(signature)) return;
      const first = { finding, operations: started.operations, output };
      found.set(signature, first);
      onFound(signature, first);
    };
    for (const finding of started.executor.initialFindings) add(finding);
    const count = phases?.begin(seed, started.executor.initialState);
    const observe = (step: Executed) => {
      count?.(step);
      unasked.add(step);
      beginning.add(step);
      const { findings, output } = step;
      for (const finding of findings) add(finding, output);
    };
    const isOver = await driveToEnd(started, { observe, pulse });
    const end: SeedEnd = { kind: isOver ? 'done' : 'stopped' };
    return { run, found, sometimes: started.sometimes, unasked: unasked.first, beginning, end };
  } catch (error) {
    run?.close();
    if (!(error instanceof SelfExplainingError)) throw error;
    const end: SeedEnd = { kind: 'broken', error };
    return { run, found, sometimes: {}, unasked: unasked.first, beginning, end };
  }
}

function shorten(output: readonly Printed[]): readonly Printed[] {
  return output
    .slice(0, EXAMPLE_PRINTED_MAX)
    .map(({ level, text }) => ({ level, text: cutText(text, EXAMPLE_CHARS_MAX) }));
}

function toGroup(
  signature: string,
  { finding, operations, output }: Found,
  seed: bigint,
): SweepGroup {
  const { about, ...facts } = finding;
  return {
    ...facts,
    ...(about === undefined ? {} : { about: encodeValue(about) }),
    signature,
    count: 1,
    seed: seed.toString(),
    failing: [seed.toString()],
    operations,
    ...(output.length === 0 ? {} : { output: shorten(output) }),
  };
}
