import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { TraceMap } from '@jridgewell/trace-mapping';
import type { Coverage, CoveredSource } from '../../contract/coverage.ts';
import type { CheckPlan } from '../../engine/check-plan.ts';
import { driveToEnd, type Pulse } from '../../engine/driving.ts';
import type { OperationList } from '../../engine/replay.ts';
import { startReplay, type ReplayPlan } from '../../engine/run.ts';
import { ProblemError } from '../../problem.ts';
import type { CoveredLines } from '../../sweep/covered-lines.ts';
import type { Value } from '../../value/value.ts';
import type { EvaluatedBundle, LoadedMachine } from '../load/machine-loader.ts';
import { isForeign } from '../load/source-files.ts';
import { executedLines, type Counts } from './executed-lines.ts';
import { HandlingWatch } from './handling.ts';
import { PreciseCoverage } from './precise-coverage.ts';
import { countsOfSpans } from './spans.ts';
import { canWatch, type SweptCode } from './swept-code.ts';

/** Only the machine's code is executed, and its invariants. */
export const ONLY_CODE: CheckPlan = {
  invariantsEvery: 1,
  closeEvery: Number.MAX_SAFE_INTEGER,
  rules: {},
};

/** Operations to execute. */
export interface CoveredOperations {
  readonly operations: OperationList;
  /** The state before a step that is executed alone; a whole run begins with the machine's own. */
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
  covered: CoveredOperations,
): Promise<Coverage | undefined> {
  if (!canWatch(loaded)) throw notJavaScript(loaded.machine.name);
  if (covered.initialState !== undefined && loaded.machine.storage) throw notByItself();
  return PreciseCoverage.alone(() => cover(loaded, covered));
}

async function cover(
  loaded: LoadedMachine & { readonly bundle: EvaluatedBundle },
  { operations, initialState, pulse }: CoveredOperations,
): Promise<Coverage | undefined> {
  const { bundle } = loaded;
  const profile = new PreciseCoverage(bundle);
  let fresh: LoadedMachine | undefined;
  try {
    // Functions that were compiled before are not counted.
    fresh = await loaded.afresh();
    const { machine, guard, locate } = fresh;
    // Of a whole run, the last step is not asked about, and watching would take as long as executing it.
    const handling = initialState === undefined ? undefined : new HandlingWatch(machine);
    const plan: ReplayPlan = {
      machine: handling?.watched ?? machine,
      guard,
      locate,
      watch: loaded.watch,
      checks: ONLY_CODE,
    };
    const run = startReplay(
      initialState === undefined ? plan : { ...plan, initialState },
      operations,
    );
    const loading = profile.take();
    const isOver = await driveToEnd(run, pulse ? { pulse } : {});
    run.close();
    if (!isOver) return undefined;
    const executed = profile.takeBoth();
    const counts = { loaded: loading, executed: executed.counts };
    const stf = locate(undefined, { of: machine, method: 'stf' });
    const handled = handling?.handledAt(bundle, executed.functions, locate);
    return {
      sources: await describe(bundle, counts),
      ...(stf === undefined ? {} : { stf }),
      ...(handled === undefined ? {} : { handled }),
      sourceHash: loaded.sourceHash,
    };
  } finally {
    profile.close();
    await fresh?.close();
  }
}

/** What was executed of the source of a machine, with the texts of its files as they are now. */
export async function withTexts(
  { bundle, sourceHash }: LoadedMachine,
  covered: readonly CoveredLines[],
): Promise<Coverage> {
  const folder = bundle?.folder ?? '';
  const sources = await Promise.all(
    covered.map(async (lines) => {
      const text = await textOf(resolve(folder, lines.path));
      return text === undefined ? [] : [{ ...lines, text }];
    }),
  );
  return { sources: sources.flat(), sourceHash };
}

/** The text of a file of the author; `undefined` for any other, and for one that is gone. */
async function textOf(path: string): Promise<string | undefined> {
  return isForeign(path) ? undefined : readFile(path, 'utf8').catch(() => undefined);
}

/** What of the source of a machine was executed by the seeds of a sweep. */
export async function coverageOfSwept(
  loaded: LoadedMachine,
  { loaded: loading, executed }: SweptCode,
): Promise<Coverage | undefined> {
  const { bundle, sourceHash } = loaded;
  if (!bundle) return undefined;
  const { length } = bundle.code;
  const counts = {
    loaded: countsOfSpans(loading, length),
    executed: countsOfSpans(executed, length),
  };
  return { sources: await describe(bundle, counts), sourceHash };
}

async function describe(
  { code, file, folder, map: mapText }: EvaluatedBundle,
  counts: { readonly loaded: Counts; readonly executed: Counts },
): Promise<readonly CoveredSource[]> {
  const map = new TraceMap(mapText());
  const paths = map.sources.map((source) => resolve(folder, source ?? ''));
  const texts = await Promise.all(paths.map(textOf));
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
