import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { CHECK_EVERYTHING, planChecks } from '../../engine/check-plan.ts';
import { Run, startRun } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { causeWithoutPlace, signatureOf } from '../../engine/signature.ts';
import { replaySource } from '../../engine/simulation.ts';
import type { Finding } from '../../machine/executed.ts';
import { faultProfilesOf, FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import { advancePaced, type Pulse } from '../../sweep/paced.ts';
import { REGRESSION_KINDS, type RegressionKind } from '../../sweep/report.ts';
import type { SweepSubject } from '../../sweep/seed-check.ts';
import { encodeOperation, parseOperation } from '../../trace/format.ts';
import type { LoadedMachine } from '../machine-loader.ts';
import { ProblemError } from '../problem-error.ts';
import type { ErrandResult } from './worker-contract.ts';

/** A seed that failed: it is tried first in the next sweep. */
export type Regression = RecordedRegression | NumberedRegression;

interface RegressionCause {
  readonly scenario: string;
  readonly faults: string;
  readonly seed: string;
  /** `broken` when the machine hung or died, or the scenario threw: there is no finding then. */
  readonly kind: RegressionKind;
  readonly name: string;
  readonly message: string;
  readonly signature: string;
}

/** Known with its operations: it reproduces when the scenario draws other ones by then. */
export interface RecordedRegression extends RegressionCause {
  readonly operations: readonly Operation[];
}

/** Known by its number only, as a seed must be that does not come to its end. */
export interface NumberedRegression extends RegressionCause {
  readonly operationsMax: number;
}

const cause = {
  scenario: z.string(),
  faults: z.string(),
  seed: z.string(),
  kind: z.enum(REGRESSION_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z.string(),
};
const lineSchema = z.discriminatedUnion('phasmoscope-regression', [
  z.object({
    'phasmoscope-regression': z.literal(1),
    ...cause,
    operations: z.array(z.unknown()),
  }),
  z.object({
    'phasmoscope-regression': z.literal(2),
    ...cause,
    operationsMax: z.number().int().positive(),
  }),
]);

/** Where the regressions of a machine file are kept: beside it, one line each. */
export function regressionsPath(machinePath: string): string {
  const name = basename(machinePath).replace(/\.[cm]?[jt]sx?$/, '');
  return join(dirname(machinePath), `${name}.regressions.jsonl`);
}

/**
 * Reads the regressions of a machine; none when there is no file.
 *
 * @throws {ProblemError} for a file that is damaged, with the line.
 */
export async function readRegressions(machinePath: string): Promise<readonly Regression[]> {
  const path = regressionsPath(machinePath);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [parseLine(line)];
    } catch (error) {
      throw new ProblemError(
        {
          title: `${path} is damaged at line ${index + 1}: ${(error as Error).message}`,
          remedy: 'Take the line out, or bring the file back from your version control.',
        },
        { cause: error },
      );
    }
  });
}

function parseLine(line: string): Regression {
  const { 'phasmoscope-regression': _, ...regression } = lineSchema.parse(JSON.parse(line));
  if (!('operations' in regression)) return regression;
  return { ...regression, operations: regression.operations.map(parseOperation) };
}

function toLine(regression: Regression): string {
  return JSON.stringify(
    'operations' in regression
      ? {
          'phasmoscope-regression': 1,
          ...regression,
          operations: regression.operations.map(encodeOperation),
        }
      : { 'phasmoscope-regression': 2, ...regression },
  );
}

/** Writes the regressions of a machine; the file is replaced in one go. */
export async function writeRegressions(
  machinePath: string,
  regressions: readonly Regression[],
): Promise<string> {
  const path = regressionsPath(machinePath);
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, regressions.map((one) => `${toLine(one)}\n`).join(''));
  await rename(temporary, path);
  return path;
}

/**
 * Runs a saved seed, with every check on: does it still fail for the same cause? One that is known
 * with its operations needs neither its scenario nor its fault profile to be there still.
 */
export function tryRegression(
  loaded: LoadedMachine,
  regression: Regression,
  pulse: Pulse,
): Promise<ErrandResult> {
  return blamingScenario(async () => {
    const run = startRegression(loaded, regression);
    if (!(run instanceof Run)) return { kind: 'untried', reason: run };
    const sought = causeWithoutPlace(regression.signature);
    const isCause = (one: Finding) => causeWithoutPlace(signatureOf(one)) === sought;
    const { finding, isStopped } = await seek(run, isCause, pulse);
    if (finding) return { kind: 'fails', stepIndex: finding.stepIndex, message: finding.message };
    return isStopped ? STOPPED : { kind: 'passes' };
  });
}

/** Runs a seed of a sweep once more, for the operations that lead to one of its causes. */
export function recordExample(
  { machine, guard, settings }: SweepSubject,
  { seed, signature }: Pick<Regression, 'seed' | 'signature'>,
  pulse: Pulse,
): Promise<ErrandResult> {
  return blamingScenario(async () => {
    const run = startRun(
      machine,
      { ...settings, seed: BigInt(seed) },
      { guard, isRecorded: true, sampling: CHECK_EVERYTHING },
    );
    const operations: Operation[] = [];
    const isCause = (one: Finding) => signatureOf(one) === signature;
    const { finding, isStopped } = await seek(run, isCause, pulse, (one) => operations.push(one));
    if (finding) return { kind: 'recorded', operations };
    return isStopped ? STOPPED : { kind: 'passes' };
  });
}

const STOPPED: ErrandResult = { kind: 'untried', reason: 'there was no time left for it' };

async function blamingScenario(task: () => Promise<ErrandResult>): Promise<ErrandResult> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ScenarioError) return { kind: 'broken', reason: error.message };
    throw error;
  }
}

/** Begins the run of a saved seed, or says why that cannot be. */
function startRegression(loaded: LoadedMachine, regression: Regression): Run | string {
  const { machine, scenarios, locate, guard } = loaded;
  const scenario = scenarios.find(({ name }) => name === regression.scenario);
  const profiles = faultProfilesOf(machine);
  const faults = Object.hasOwn(profiles, regression.faults)
    ? profiles[regression.faults]
    : undefined;
  const isGone = `there is no scenario "${regression.scenario}" any more`;
  if ('operations' in regression) {
    // What must hold when all has settled is the scenario's to say.
    if (!scenario && regression.kind === 'settled') return isGone;
    const source = replaySource(regression.operations, { scenario, locate });
    const checks = planChecks(machine, faults ?? FAULT_PROFILES.chaos, CHECK_EVERYTHING);
    return new Run(machine, source, { locate, guard, checks });
  }
  if (!scenario) return isGone;
  if (!faults) return `there is no fault profile "${regression.faults}" any more`;
  const { seed, operationsMax } = regression;
  const settings = { scenario, seed: BigInt(seed), operationsMax, faults, locate };
  return startRun(machine, settings, { guard, sampling: CHECK_EVERYTHING });
}

/** Runs up to the first finding that is meant; `keep` is given each operation up to there. */
async function seek(
  run: Run,
  isMeant: (finding: Finding) => boolean,
  pulse: Pulse,
  keep: (operation: Operation) => void = () => {},
): Promise<{ readonly finding?: Finding; readonly isStopped: boolean }> {
  try {
    const initial = run.executor.initialFindings.find(isMeant);
    if (initial) return { finding: initial, isStopped: false };
    let finding: Finding | undefined;
    const goesOn = (steps: number) => pulse(steps) && finding === undefined;
    const isOver = await advancePaced(run, goesOn, (step) => {
      if (finding) return;
      keep(step.operation);
      finding = step.findings.find(isMeant);
    });
    return finding ? { finding, isStopped: false } : { isStopped: !isOver };
  } finally {
    run.close();
  }
}
