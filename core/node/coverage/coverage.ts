import { readFile } from 'node:fs/promises';
import { Session, type Profiler } from 'node:inspector';
import { relative, resolve } from 'node:path';
import { TraceMap } from '@jridgewell/trace-mapping';
import type { Coverage, CoveredSource } from '../../contract/coverage.ts';
import type { CheckPlan } from '../../engine/check-plan.ts';
import { driveToEnd, type Pulse } from '../../engine/driving.ts';
import { startReplay, type ReplayPlan } from '../../engine/run.ts';
import type { Operation } from '../../machine/operation.ts';
import { ProblemError } from '../../problem.ts';
import type { Value } from '../../value/value.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { isForeign } from '../load/source-files.ts';
import { countsOf, executedLines, type Counts } from './executed-lines.ts';

/** Only the machine's code is executed, and its invariants. */
const CHECKS: CheckPlan = { invariantsEvery: 1, closeEvery: Number.MAX_SAFE_INTEGER, rules: {} };

/** Operations to execute. */
export interface CoveredOperations {
  readonly operations: readonly Operation[];
  /** The state to begin with, instead of the machine's own. */
  readonly initialState?: Value;
  readonly pulse?: Pulse;
}

/**
 * Executes operations on a machine that is evaluated anew for it, under V8's precise coverage, and says what
 * of its source they executed.
 *
 * @returns `undefined` when the pulse stopped it.
 * @throws {ProblemError} when the machine is not made of JavaScript, or the operations cannot be executed.
 */
export async function coverOperations(
  loaded: LoadedMachine,
  { operations, initialState, pulse }: CoveredOperations,
): Promise<Coverage | undefined> {
  const { bundle } = loaded;
  if (!bundle || loaded.answerMsMax !== undefined) throw notJavaScript(loaded.machine.name);
  if (initialState !== undefined && loaded.machine.storage) throw notByItself();
  const profile = new PreciseCoverage(bundle.fileName);
  let fresh: LoadedMachine | undefined;
  try {
    // Functions that were compiled before are not counted.
    fresh = await loaded.afresh();
    const { machine, guard, locate } = fresh;
    const plan: ReplayPlan = { machine, guard, locate, watch: loaded.watch, checks: CHECKS };
    const run = startReplay(
      initialState === undefined ? plan : { ...plan, initialState },
      operations,
    );
    const whole = bundle.code.length + bundle.offset;
    const loading = profile.take(whole);
    const isOver = await driveToEnd(run, pulse ? { pulse } : {});
    run.close();
    if (!isOver) return undefined;
    const counts = {
      loaded: loading.slice(bundle.offset),
      executed: profile.take(whole).slice(bundle.offset),
    };
    return { sources: await describe(bundle, counts), sourceHash: loaded.sourceHash };
  } finally {
    profile.close();
    await fresh?.close();
  }
}

/** V8's precise coverage of one script, in this thread. */
class PreciseCoverage {
  readonly #session = new Session();
  readonly #fileName: string;

  constructor(fileName: string) {
    this.#fileName = fileName;
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What was executed since the last time. @param length of the script. */
  take(length: number): Counts {
    const taken = this.#post('Profiler.takePreciseCoverage');
    const { result } = taken as Profiler.TakePreciseCoverageReturnType;
    // Each evaluation of the source is a script of its own; the others were evaluated before.
    const scripts = result.filter(({ url }) => url === this.#fileName);
    return countsOf(
      scripts.flatMap(({ functions }) => functions),
      length,
    );
  }

  close(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#post('Profiler.disable');
    this.#session.disconnect();
  }

  /** Within a thread, the reply comes before `post` returns. */
  #post(method: string, params?: object): unknown {
    let replied: unknown;
    this.#session.post(method, params, (error, reply) => {
      if (error) throw error;
      replied = reply;
    });
    return replied;
  }
}

type Bundle = NonNullable<LoadedMachine['bundle']>;

async function describe(
  { code, file, folder, map: mapText }: Bundle,
  counts: { readonly loaded: Counts; readonly executed: Counts },
): Promise<readonly CoveredSource[]> {
  const map = new TraceMap(mapText());
  const paths = map.sources.map((source) => resolve(folder, source ?? ''));
  const texts = await Promise.all(
    paths.map(async (path) =>
      isForeign(path) ? undefined : readFile(path, 'utf8').catch(() => undefined),
    ),
  );
  const covered = executedLines({ code, map, ...counts }, (source) => texts[source]);
  const sources = covered.flatMap((found, source) => {
    const [path, text] = [paths[source], texts[source]];
    if (!found || path === undefined || text === undefined) return [];
    return [
      {
        path: relative(folder, path),
        text,
        lines: [...found.lines],
        gaps: found.gaps.map(toTuple),
      },
    ];
  });
  // The machine file comes first.
  const entry = relative(folder, file);
  return sources.toSorted((a, b) => Number(b.path === entry) - Number(a.path === entry));
}

function toTuple([line, from, to]: readonly [number, number, number]): [number, number, number] {
  return [line, from, to];
}

function notJavaScript(name: string): ProblemError {
  return new ProblemError({
    title: `What ${name} executes cannot be shown: it is a program in a process of its own.`,
    remedy: 'Use the coverage of its own language.',
  });
}

function notByItself(): ProblemError {
  return new ProblemError({
    title: 'A single step of a machine with its state in a database cannot be executed by itself.',
    remedy: 'Choose what was never executed in this run: that executes all steps.',
  });
}
