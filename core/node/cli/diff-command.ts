import { assertNever } from '../../assert.ts';
import { shapeOf } from '../../engine/signature.ts';
import { ProblemError, type Problem } from '../../problem.ts';
import { formatCount, formatPlural, formatAll, byCount } from '../../text/quantities.ts';
import { showText } from '../../text/visible.ts';
import type { DifferingPair } from '../../trace/compare/align.ts';
import { Alignment, searchAlignment } from '../../trace/compare/alignment.ts';
import { compareCauses, isOneSeedOfTwo, type ComparedCause } from '../../trace/compare/compare.ts';
import type { Stretch } from '../../trace/compare/stretches.ts';
import type { Trace } from '../../trace/trace.ts';
import { describeFork } from '../../trace/words/fork-words.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { describeAnswer } from '../../trace/words/step-words.ts';
import { differingSurroundings, type Surrounding } from '../../trace/words/surroundings-words.ts';
import { sameValue } from '../../value/value.ts';
import {
  describeShared,
  differingNames,
  INITIAL_STATES_DIFFER,
  printDifferingSteps,
  type DifferingSteps,
} from '../report/difference-text.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { type CommandModule, JSON_FLAG } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { readWholeTrace } from './trace-reading.ts';

/** The options of `diff`. */
export interface DiffOptions {
  readonly json?: boolean;
}

/** Pairs and steps of one run that are listed. */
const LISTED_MAX = 12;

/** What a run was made of. */
const SETTINGS = ['machine', 'scenario', 'seed', 'faults', 'operationsMax', 'sourceHash'] as const;

/** Two steps of the same operation, with what of their surroundings differs, such as the fault, if that does. */
interface ComparedPair extends DifferingPair {
  readonly surroundings?: readonly Surrounding[];
}

/** In what two runs differ, step by step. */
interface Comparison {
  readonly stretches: readonly Stretch[];
  /** Steps beside each other that went differently. */
  readonly pairs: readonly ComparedPair[];
  /** Steps that both runs have at other places; without parts where they did the same. */
  readonly moved: readonly ComparedPair[];
  readonly isSameStart: boolean;
  /** The settings in which the runs differ. */
  readonly settings: readonly (typeof SETTINGS)[number][];
  readonly causes: readonly ComparedCause[];
}

/**
 * `phasmoscope diff`: aligns two runs by their operations and says in what they differ. Neither machine is
 * executed.
 */
export const DIFF: CommandModule = {
  examples: [['Compare a run with what it was shrunk to', 'diff unchecked.jsonl.gz minimal.jsonl']],
  declare: (command) =>
    command
      // Both are needed; what commander says of one that is missing names the argument and not the trace.
      .usage('[options] <a> <b>')
      .argument('[a]', 'a trace file')
      .argument('[b]', 'another one')
      .option(...JSON_FLAG),
  run: diffCommand,
};

/** See {@link DIFF}. */
export async function diffCommand(
  fileA: string | undefined,
  fileB: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  if (fileA === undefined || fileB === undefined) {
    throw new ProblemError({
      title: `Two traces are compared, and ${fileA === undefined ? 'none' : 'only one'} is given.`,
      remedy: 'Give two trace files: npx phasmoscope diff A B.',
    });
  }
  const a = await readWholeTrace(fileA);
  const b = await readWholeTrace(fileB);
  const alignment = await alignShown(a, b);
  const compared: Comparison = {
    stretches: alignment.stretches,
    pairs: Array.from(alignment.pairs(), (pair) => withSurroundings([a, b], pair)),
    moved: Array.from(alignment.moved(), (pair) => withSurroundings([a, b], pair)),
    isSameStart: alignment.isSameStart,
    settings: SETTINGS.filter((name) => a.header[name] !== b.header[name]),
    causes: compareCauses(a.findings, b.findings).filter(
      (cause) => !sameValue(cause.before, cause.after),
    ),
  };
  const { isSame } = alignment;
  if (options.json) printJson({ a: fileA, b: fileB, isSame, ...compared });
  else if (isSame) {
    printLine(style.green(describeSame(a.length)));
    printSettings(compared);
  } else printComparison([fileA, fileB], [a, b], compared);
  return isSame ? EXIT.done : EXIT.found;
}

/**
 * Aligns two runs, with the progress shown.
 *
 * @throws {ProblemError} when the command is asked to stop.
 */
async function alignShown(a: Trace, b: Trace): Promise<Alignment> {
  const line = new ProgressLine();
  const words = `Aligning ${formatCount(a.length)} with ${formatPlural(b.length, 'step')}`;
  // Each step of both, and then each pair.
  const all = a.length + b.length + Math.min(a.length, b.length);
  let done = 0;
  let isCancelled = false;
  const isStopped = breathing(() => isCancelled);
  const search = searchAlignment(a, b, (steps) => {
    done += steps;
  });
  const aligning = async () => {
    for (;;) {
      const next = search.next();
      if (next.done === true) return new Alignment(next.value);
      if (await isStopped()) throw new ProblemError(STOPPED);
      line.show(() => words, done / all);
    }
  };
  return cancelOnInterrupt(aligning(), () => {
    isCancelled = true;
  }).finally(() => line.clear());
}

const STOPPED: Problem = {
  title: 'The comparison was stopped before the steps were aligned.',
  remedy: 'Compare the two again, and let it end.',
};

function withSurroundings(traces: readonly [Trace, Trace], pair: DifferingPair): ComparedPair {
  if (!pair.parts.includes('operation')) return pair;
  const [one, other] = stepsOf(traces, pair).steps;
  const surroundings = differingSurroundings(one.operation, other.operation);
  return surroundings.length > 0 ? { ...pair, surroundings } : pair;
}

function stepsOf([a, b]: readonly [Trace, Trace], pair: DifferingPair): DifferingSteps {
  return { parts: pair.parts, steps: [a.step(pair.a), b.step(pair.b)] };
}

function describeSame(steps: number): string {
  if (steps === 0) return 'Neither has a step, and the initial states are the same.';
  const same = byCount(steps, 'is the same in both', 'are the same');
  return `${formatAll(steps, 'step')} ${same}.`;
}

function printComparison(
  files: readonly [string, string],
  [a, b]: readonly [Trace, Trace],
  compared: Comparison,
): void {
  const { stretches, pairs, isSameStart, causes } = compared;
  const lengths = [a.length, b.length];
  printTable([
    ['A', `${files[0]}, ${formatPlural(lengths[0] ?? 0, 'step')}`],
    ['B', `${files[1]}, ${formatPlural(lengths[1] ?? 0, 'step')}`],
  ]);
  printSettings(compared);
  printFork([a, b]);
  if (!isSameStart) printLine(style.red(INITIAL_STATES_DIFFER));
  printLine(firstDifference([a, b], compared));
  printWhyApart([a, b], compared);
  const [first] = pairs;
  if (first) {
    printDifferingSteps(stepsOf([a, b], first), [a.stateAt(first.a), b.stateAt(first.b)]);
  }
  printPairs('Moved', [a, b], compared.moved);
  printOnlyIn('A', a, stretches);
  printOnlyIn('B', b, stretches);
  printPairs('Different as well', [a, b], tellingFirst(pairs.slice(1)));
  printCauses(causes);
}

function printSettings({ settings }: Comparison): void {
  if (settings.length > 0) printLine(style.dim(`Their headers differ in ${settings.join(', ')}.`));
}

/** Says first what a fork does otherwise than the other run, if one of them is a fork of such a run. */
function printFork([a, b]: readonly [Trace, Trace]): void {
  const [ofA, ofB] = [a.header.forks ?? [], b.header.forks ?? []];
  const [side, fewer, more] = ofA.length < ofB.length ? ['B', ofA, ofB] : ['A', ofB, ofA];
  const fork = more.at(-1);
  if (!fork || !sameValue(fewer, more.slice(0, -1))) return;
  if (a.header.seed !== b.header.seed || a.header.scenario !== b.header.scenario) return;
  printLine(`${side} is a fork, and differs in this: ${formatSentence(describeFork(fork))}.`);
}

/** "The first 41 steps are the same. Step 41 went differently: outcome, state." */
function firstDifference(
  traces: readonly [Trace, Trace],
  { stretches, pairs: [pair], moved }: Comparison,
): string {
  const gap = stretches.find(({ kind }) => kind !== 'both');
  const at = Math.min(pair?.a ?? Number.POSITIVE_INFINITY, gap?.a ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(at)) return 'Their steps are the same.';
  const sentences = [
    describeShared(at),
    ...(gap && gap.a <= (pair?.a ?? gap.a) ? [describeGap(gap, moved)] : []),
    ...(pair
      ? [`${placesOf(pair)} went differently: ${differingNames(stepsOf(traces, pair)).join(', ')}.`]
      : []),
  ];
  return sentences.join(' ');
}

/** Where a stretch begins that one run alone has there: "Step 41 of A is in A only." */
function describeGap({ kind, a, b }: Stretch, moved: readonly ComparedPair[]): string {
  switch (kind) {
    case 'both':
      return '';
    case 'onlyA':
      return `Step ${formatCount(a)} of A is in A only.`;
    case 'onlyB':
      return `Step ${formatCount(b)} of B is in B only.`;
    case 'movedA':
    case 'movedB': {
      const pair = moved.find((each) => (kind === 'movedA' ? each.a === a : each.b === b));
      return pair ? `Step ${formatCount(pair.a)} of A is step ${formatCount(pair.b)} of B.` : '';
    }
    default:
      return assertNever(kind, 'stretch');
  }
}

/** "Step 41", or "Step 41 of A, 43 of B" where they stand at other places. */
function placesOf({ a, b }: DifferingPair): string {
  return a === b ? `Step ${formatCount(a)}` : `Step ${formatCount(a)} of A, ${formatCount(b)} of B`;
}

/** Lists pairs of steps with the same operation, and in what they differ. */
function printPairs(
  title: string,
  traces: readonly [Trace, Trace],
  pairs: readonly ComparedPair[],
): void {
  if (pairs.length === 0) return;
  printLine(style.bold(title), style.dim(`  ${formatPlural(pairs.length, 'step')}`));
  for (const pair of pairs.slice(0, LISTED_MAX)) {
    const steps = stepsOf(traces, pair);
    const names = differingNames(steps).join(', ');
    printLine(
      `  ${placesOf(pair)}  ${shapeOf(steps.steps[0].operation)}`,
      style.dim(names === '' ? '' : `  ${names}`),
    );
  }
  const hidden = pairs.length - LISTED_MAX;
  if (hidden > 0) printLine(style.dim(`  and ${formatCount(hidden)} more; --json has them`));
}

/** Pairs in order, but those in which only the state differs last: it does so for long once it does. */
function tellingFirst(pairs: readonly DifferingPair[]): readonly DifferingPair[] {
  const isTelling = ({ parts }: DifferingPair) => parts.some((part) => part !== 'patch');
  return [...pairs.filter(isTelling), ...pairs.filter((pair) => !isTelling(pair))];
}

/** Of one seed on two machines, says why the requests are others, and how both get the same ones. */
function printWhyApart([a, b]: readonly [Trace, Trace], { stretches }: Comparison): void {
  const gap = stretches.find(({ kind }) => kind !== 'both');
  if (!isOneSeedOfTwo(a.header, b.header) || !gap) return;
  printLine(
    `From step ${formatCount(gap.a)} of A on, the scenario may draw other operations for each: it sees what the ` +
      'machine does. To compare what both make of the same operations, give those of A to the machine of B: ' +
      'phasmoscope fork A --machine MACHINE-OF-B --out FILE',
  );
}

function printOnlyIn(side: 'A' | 'B', trace: Trace, stretches: readonly Stretch[]): void {
  const steps = stretches
    .filter(({ kind }) => kind === `only${side}`)
    .flatMap((stretch) => {
      const from = side === 'A' ? stretch.a : stretch.b;
      return Array.from({ length: stretch.length }, (_, at) => from + at);
    });
  if (steps.length === 0) return;
  printLine(style.bold(`Only in ${side}`), style.dim(`  ${formatPlural(steps.length, 'step')}`));
  for (const at of steps.slice(0, LISTED_MAX)) {
    const step = trace.step(at);
    const answer = step.outcome.kind === 'ok' ? '' : `  ${showText(describeAnswer(step))}`;
    printLine(`  ${formatCount(at).padStart(7)}  ${shapeOf(step.operation)}`, style.dim(answer));
  }
  const hidden = steps.length - LISTED_MAX;
  if (hidden > 0)
    printLine(style.dim(`  and ${formatCount(hidden)} more; --json has the stretches`));
}

function printCauses(causes: readonly ComparedCause[]): void {
  if (causes.length === 0) return;
  printLine(style.bold('Findings'));
  for (const { finding, before, after } of causes) {
    const name = `${finding.kind}: ${finding.name}, ${finding.shape}`;
    const where = (of: typeof before) => (of ? `at step ${formatCount(of.stepIndex)}` : '');
    if (!after) printLine(`  only in A  ${name} `, style.dim(where(before)));
    else if (!before) printLine(`  only in B  ${name} `, style.dim(where(after)));
    else printLine(`  in both    ${name} `, style.dim(`${where(before)}, in B ${where(after)}`));
  }
}
