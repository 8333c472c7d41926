import { signatureOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Explained } from '../../trace/words/judged.ts';
import type { Sentence } from '../../trace/words/sentences.ts';
import {
  askButFor,
  requireFailing,
  type ButFor,
  type ButForOptions,
  type Failure,
} from '../../what-if/but-for.ts';
import { explain } from '../../what-if/explanation.ts';
import { parentOf } from '../../what-if/parent.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { forkSubjectOf } from './fork-subject.ts';
import { toForkProblem } from './forking.ts';
import { tellKnownCause } from './known-cause.ts';
import { foreignPart, foreignTrace, isOfOtherSource } from './own-trace.ts';

/** Why a run fails. */
export interface Explanation {
  readonly found: ButFor;
  readonly sentences: readonly Sentence[];
  /** What the trace shows of the cause, with the lines of the machine. */
  readonly known: readonly Sentence[];
}

/**
 * Explains a finding of a recorded run by taking out the parts of the run one by one.
 *
 * @throws {ProblemError} when the machine as it is now has not made the trace.
 * @throws {NotFailingError} when the run does not fail again.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function explainTrace(
  loaded: LoadedMachine,
  trace: Trace,
  finding: Finding,
  options: ButForOptions = {},
): Promise<Explanation> {
  const subject = forkSubjectOf(loaded, trace.header);
  const { isCancelled } = options;
  const stepsMax = finding.stepIndex;
  const difference = await foreignPart(loaded, trace, { stepsMax, isCancelled });
  if (!difference) return explainOwn(loaded, trace, finding, options);
  // With a source that was changed, the finding may be gone, which is what was hoped for.
  if (isOfOtherSource(loaded, trace.header)) {
    await requireFailing(subject, parentOf(trace), failureOf(finding));
  }
  throw foreignTrace(loaded, trace.header, difference);
}

/** Explains a finding of a run that this machine has made. */
async function explainOwn(
  loaded: LoadedMachine,
  trace: Trace,
  finding: Finding,
  options: ButForOptions,
): Promise<Explanation> {
  const parent = parentOf(trace);
  const subject = forkSubjectOf(loaded, trace.header);
  const failure = failureOf(finding);
  const found = await askButFor(subject, parent, failure, options).catch((error: unknown) => {
    throw toForkProblem(error);
  });
  const known = await tellKnownCause(trace, finding, loaded);
  return { found, sentences: explain(parent, found), known };
}

function failureOf(finding: Finding): Failure {
  return { signature: signatureOf(finding), stepIndex: finding.stepIndex };
}

/** All that an explanation says. */
export function sentencesOf({
  sentences,
  known,
}: Pick<Explanation, 'sentences' | 'known'>): readonly Sentence[] {
  return [...sentences, ...known];
}

/** An explanation as it is passed on: without the parts, which are reported one by one, and their forks. */
export function explainedOf({ found, sentences }: Explanation): Explained {
  return {
    sentences: sentences.map((sentence) => [...sentence]),
    together: [...new Set(found.together.flat().map(({ stepIndex }) => stepIndex))],
    fields: found.fields.map(({ stepIndex, name, need }) => ({ stepIndex, name, need })),
    tries: found.tries,
  };
}

/** The trace of lines that were written just now. */
export function traceOfLines(lines: readonly string[]): Trace {
  const builder = new TraceBuilder();
  for (const line of lines) builder.addLine(line);
  if (!builder.trace) throw new Error('The lines have no header.');
  return builder.trace;
}

/** Why the shrunk run fails; nothing for a finding of the initial state, which needs no step. */
export async function explainShrunk(
  loaded: LoadedMachine,
  trace: Trace,
  finding: Finding,
  options: ButForOptions = {},
): Promise<Explanation | undefined> {
  if (finding.stepIndex < 0) return undefined;
  const fresh = await loaded.afresh();
  try {
    return await explainOwn(fresh, trace, finding, options);
  } finally {
    await fresh.close();
  }
}
