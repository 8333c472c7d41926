import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { CHECK_EVERYTHING, planChecks } from '../../engine/check-plan.ts';
import { Run } from '../../engine/run.ts';
import { causeWithoutPlace, signatureOf } from '../../engine/signature.ts';
import { replaySource } from '../../engine/simulation.ts';
import type { Finding } from '../../machine/executed.ts';
import { FINDING_KINDS } from '../../machine/executed.ts';
import { faultProfilesOf, FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { encodeOperation, parseOperation } from '../../trace/format.ts';
import type { LoadedMachine } from '../machine-loader.ts';
import { ProblemError } from '../problem-error.ts';

/**
 * A seed that failed, with its operations as they were: it is tried first in the next sweep, and
 * still reproduces when the scenario draws other operations by then.
 */
export interface Regression {
  readonly scenario: string;
  readonly faults: string;
  readonly seed: string;
  readonly kind: Finding['kind'];
  readonly name: string;
  readonly message: string;
  readonly signature: string;
  readonly operations: readonly Operation[];
}

const lineSchema = z.object({
  'phasmoscope-regression': z.literal(1),
  scenario: z.string(),
  faults: z.string(),
  seed: z.string(),
  kind: z.enum(FINDING_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z.string(),
  operations: z.array(z.unknown()),
});

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
      const {
        operations,
        'phasmoscope-regression': _,
        ...rest
      } = lineSchema.parse(JSON.parse(line));
      return [{ ...rest, operations: operations.map(parseOperation) }];
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

/** Writes the regressions of a machine; the file is replaced in one go. */
export async function writeRegressions(
  machinePath: string,
  regressions: readonly Regression[],
): Promise<string> {
  const path = regressionsPath(machinePath);
  const lines = regressions.map(({ operations, ...rest }) =>
    JSON.stringify({
      'phasmoscope-regression': 1,
      ...rest,
      operations: operations.map(encodeOperation),
    }),
  );
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, lines.map((line) => `${line}\n`).join(''));
  await rename(temporary, path);
  return path;
}

/** Tries saved seeds, with every check on: which of them still fail for the same cause? */
export async function tryRegressions(
  loaded: LoadedMachine,
  regressions: readonly Regression[],
): Promise<SweepReport['regressions']> {
  const tried: SweepReport['regressions'] = [];
  for (const regression of regressions) {
    const { seed, kind, name, message, signature } = regression;
    const finding = await findCause(loaded, regression);
    tried.push({
      seed,
      kind,
      name,
      message,
      signature,
      fails: finding !== undefined,
      ...(finding ? { stepIndex: finding.stepIndex, message: finding.message } : {}),
    });
  }
  return tried;
}

async function findCause(
  { machine, scenarios, locate, guard }: LoadedMachine,
  regression: Regression,
): Promise<Finding | undefined> {
  const scenario = scenarios.find(({ name }) => name === regression.scenario);
  const faults = faultProfilesOf(machine)[regression.faults] ?? FAULT_PROFILES.chaos;
  const checks = planChecks(machine, faults, CHECK_EVERYTHING);
  const source = replaySource(regression.operations, { scenario, locate });
  const run = new Run(machine, source, { locate, guard, checks });
  const cause = causeWithoutPlace(regression.signature);
  const isCause = (finding: Finding) => causeWithoutPlace(signatureOf(finding)) === cause;
  const found = run.executor.initialFindings.find(isCause);
  if (found) return found;
  const step = await run.find(({ findings }) => findings.some(isCause));
  return step?.findings.find(isCause);
}
