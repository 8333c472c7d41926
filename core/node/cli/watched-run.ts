import type { Driving } from '../../engine/driving.ts';
import type { Executed } from '../../machine/executed.ts';
import { ProblemError, toProblem, type Problem } from '../../problem.ts';
import { formatPlural } from '../../text/quantities.ts';
import { recordRun, type RecordedRun } from '../../trace/recorder.ts';
import type { TraceIndex } from '../../trace/trace-index.ts';
import { Recording } from '../files/recording.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { describeKept } from './last-words.ts';
import { ProgressLine } from './progress.ts';
import type { StandstillWatch } from './standstill.ts';

/** A run that a command drives. */
export interface WatchedRun extends RecordedRun {
  readonly watch: StandstillWatch;
}

/** What came of a run that was recorded. */
export interface WatchedRecord {
  /** Of all its steps, those included that it shares with another run. */
  readonly index: TraceIndex | undefined;
  /** What broke the run, or stopped it. */
  readonly problem: Problem | undefined;
}

/**
 * Records a run to its end, with its progress shown.
 *
 * @param out the file to write; without it, the trace is not kept.
 * @throws {ProblemError} when the file cannot be written; the steps that there was room for are in it.
 */
export async function recordWatched(
  watchedRun: WatchedRun,
  out: string | undefined,
  observe: (step: Executed) => void,
): Promise<WatchedRecord> {
  const recording = out === undefined ? undefined : await Recording.open(out);
  try {
    let index: TraceIndex | undefined;
    const add = (line: string, known: TraceIndex) => {
      recording?.add(line);
      index = known;
    };
    const broken = await watched(
      watchedRun,
      observe,
      (driving) => recordRun(watchedRun, add, driving),
      () => (recording?.isDue ? recording.write() : undefined),
    );
    await recording?.close(index);
    const isKept = broken !== undefined && out !== undefined;
    return { index, problem: isKept ? withKept(broken, index?.length ?? 0, out) : broken };
  } catch (error) {
    const steps = (await recording?.keep()) ?? 0;
    if (steps === 0 || out === undefined) throw error;
    throw new ProblemError(withKept(toProblem(error, 'The trace was not written'), steps, out));
  }
}

/** Adds to the problem of a run that broke where its steps until then are. */
function withKept(problem: Problem, steps: number, out: string): Problem {
  const kept = describeKept(steps, out);
  return { ...problem, remedy: [kept, problem.remedy].filter(Boolean).join(' ') };
}

/**
 * Drives a run to its end with its progress shown, and a message when it stands still.
 *
 * @param write is called and awaited between slices.
 * @returns what broke the run, or stopped it.
 */
export async function watched(
  { run, label, watch }: WatchedRun,
  observe: (step: Executed) => void,
  execute: (driving: Driving) => Promise<unknown>,
  write: () => Promise<void> | undefined = () => undefined,
): Promise<Problem | undefined> {
  let isStopped = false;
  const isInterrupted = breathing(() => isStopped);
  const goesOn = () => {
    const stopped = isInterrupted();
    return typeof stopped === 'boolean' ? !stopped : stopped.then((is) => !is);
  };
  const progress = new ProgressLine();
  const awaitWriting = async (writing: Promise<void>) => {
    watch.isAwaited = false;
    await writing;
    watch.isAwaited = true;
    return goesOn();
  };
  let problem: Problem | undefined;
  try {
    watch.isAwaited = true;
    const executing = execute({
      observe: (step) => {
        watch.step();
        // What the machine has printed does not go on behind the progress.
        if (step.output.length > 0) progress.clear();
        observe(step);
      },
      pulse: () => {
        progress.show(() => formatPlural(run.steps, 'step'), run.operations / label.operationsMax);
        const writing = write();
        return writing === undefined ? goesOn() : awaitWriting(writing);
      },
    });
    await cancelOnInterrupt(executing, () => {
      isStopped = true;
    });
    if (isStopped) problem = STOPPED;
  } catch (error) {
    // Whatever it is: the steps until then are worth their report.
    run.close();
    problem = toProblem(error, 'The run broke');
  } finally {
    watch.close();
  }
  // Unhandled rejections are reported after the current task: wait for them before printing.
  await new Promise((resolve) => setImmediate(resolve));
  progress.clear();
  return problem;
}

/** Why a run ended early that somebody stopped. */
export const STOPPED: Problem = {
  title: 'The run was stopped before its end.',
  remedy: 'Run it again: the remaining steps may fail.',
};
