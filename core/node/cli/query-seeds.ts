import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ASKED_RUNS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, type Seeds } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import type { Claim } from '../../trace/questions/claims.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { requireInvariant } from '../runs/judging.ts';
import { startAsking, type JudgedSeed } from '../sweep/asking.ts';
import { cancelOnInterrupt } from './interrupt.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { projectMachine } from './project-options.ts';
import { jsonOf, NO_ANSWER, type QueryOptions } from './query-question.ts';
import { planOptions } from './run-command.ts';

const MESSAGE_CHARS_MAX = 120;

/** What asking a seed came to. */
interface AskedSeed {
  readonly seed: string;
  readonly result: JudgedSeed;
}

/**
 * Asks a claim of seeds that are run again, without recording them. The machine is the one argument, or
 * given by `--machine`.
 */
export async function querySeeds(
  claim: Claim,
  [given, ...others]: readonly string[],
  seeds: Seeds,
  options: QueryOptions,
): Promise<ExitCode> {
  const text = options.machine ?? given ?? (await projectMachine());
  if (text === undefined || others.length > 0 || (options.machine !== undefined && given)) {
    throw new ProblemError({
      title: 'Seeds are those of one machine.',
      remedy: 'Give a machine and no traces: npx phasmoscope query MACHINE --seeds 0..99.',
    });
  }
  if (seeds.count > ASKED_RUNS_MAX) {
    throw new ProblemError({
      title: `There are ${formatCount(seeds.count)} seeds, and at most ${formatCount(ASKED_RUNS_MAX)} are asked at once.`,
      remedy: 'Ask fewer of them.',
    });
  }
  const path = pathOfMachine(findMachine(text, process.cwd()));
  return withMachine(path, async (loaded) => {
    if (claim.kind === 'invariant') requireInvariant(loaded.machine, claim.name);
    const asked = await askSeeds(loaded, path, { claim, seeds, options });
    return conclude(claim, asked, options);
  });
}

async function askSeeds(
  given: LoadedMachine,
  path: string,
  {
    claim,
    seeds,
    options,
  }: { readonly claim: Claim; readonly seeds: Seeds; readonly options: QueryOptions },
): Promise<readonly AskedSeed[]> {
  const { label } = await planOptions(given, options);
  const { scenario, operationsMax, faults } = label;
  const inputs = options.inputs === undefined ? {} : { inputs: resolve(options.inputs) };
  const plan = {
    path,
    ...seeds,
    settings: { scenario, ...inputs, faults, operationsMax, sampling: SWEEP_SAMPLING },
    workers: availableParallelism(),
    shard: { index: 1, total: 1 },
  };
  const asked: AskedSeed[] = [];
  const line = new ProgressLine();
  const asking = startAsking(
    plan,
    claim,
    (place, result) => {
      asked[place] = { seed: (seeds.from + BigInt(place)).toString(), result };
    },
    ({ errandsLeft }) =>
      line.show(
        () => `${formatCount(seeds.count - errandsLeft)} of ${formatCount(seeds.count)} seeds`,
        1 - errandsLeft / seeds.count,
      ),
  );
  await cancelOnInterrupt(asking.isCancelled, () => asking.cancel());
  line.clear();
  return asked.filter((one) => one !== undefined);
}

function conclude(
  claim: Claim,
  asked: readonly AskedSeed[],
  { seeds, json = false }: QueryOptions,
): ExitCode {
  const judged = asked.flatMap(({ seed, result }) =>
    result.kind === 'judged' ? [{ seed, ...result.judged }] : [],
  );
  const unjudged = asked.flatMap(({ seed, result }) =>
    result.kind === 'unjudged' ? [{ seed, reason: result.reason }] : [],
  );
  const failing = judged.filter(({ failedAt }) => failedAt !== undefined);
  const isAnswered = judged.some(
    ({ failedAt, asked: steps, without }) => failedAt !== undefined || without < steps,
  );
  const nothing = judged.length === 0 ? NONE_ASKED : NO_ANSWER;
  const problem = isAnswered ? {} : { error: nothing };
  if (json) printJson({ ...jsonOf(claim), seeds: judged, unjudged, ...problem });
  else {
    for (const { seed, failedAt = -1, message } of failing) {
      const place = failedAt < 0 ? 'the start' : `step ${formatCount(failedAt)}`;
      printLine(`seed ${seed}  ${place}`, message === undefined ? '' : '  ', cut(message));
    }
    for (const { seed, reason } of unjudged) {
      printLine(style.red(`seed ${seed}  no answer: `), cut(reason));
    }
    const count = formatCount(judged.length);
    printLine(`Broken in ${formatCount(failing.length)} of ${count} seeds.`);
  }
  if (!isAnswered) {
    printProblem(nothing);
    return EXIT.refused;
  }
  if (failing.length > 0) return EXIT.found;
  return judged.length < (seeds?.count ?? 0) ? EXIT.refused : EXIT.done;
}

const NONE_ASKED = {
  title: 'No seed was asked to its end.',
  remedy: 'This says nothing about the machine. Ask again, or give fewer operations.',
} as const;

function cut(text = ''): string {
  return cutText(text, MESSAGE_CHARS_MAX);
}
