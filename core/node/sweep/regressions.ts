import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { currentSignature, isSignature } from '../../engine/signature.ts';
import type { Operation } from '../../machine/operation.ts';
import { ProblemError } from '../../problem.ts';
import { REGRESSION_KINDS, type RegressionKind } from '../../sweep/report.ts';
import { seedSchema } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import { codeOf, messageOf } from '../../thrown.ts';
import { encodeOperation, parseOperation } from '../../trace/format/format.ts';
import { parseJson } from '../../value/json.ts';
import { withFileLock, writeWholeFile } from '../files/write-file.ts';

/** A seed that failed: it is tried first in the next sweep. */
export type Regression = RecordedRegression | NumberedRegression;

interface RegressionCause {
  readonly scenario: string;
  readonly faults: string;
  readonly seed: bigint;
  /** `broken` when the machine hung or died, or the scenario threw: there is no finding then. */
  readonly kind: RegressionKind;
  readonly name: string;
  readonly message: string;
  readonly signature: string;
}

/** Saved with its operations, so that it reproduces even if the scenario draws other ones by then. */
export interface RecordedRegression extends RegressionCause {
  readonly operations: readonly Operation[];
}

/** Saved by its number only, because the seed does not come to its end. */
export interface NumberedRegression extends RegressionCause {
  readonly operationsMax: number;
}

const cause = {
  scenario: z.string(),
  faults: z.string(),
  seed: seedSchema.transform(BigInt),
  kind: z.enum(REGRESSION_KINDS),
  name: z.string(),
  message: z.string(),
  signature: z
    .string()
    .refine(isSignature, 'this is not the signature of a cause')
    .transform(currentSignature),
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

/** The path of the regressions of a machine file: beside it, one line each. */
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
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [parseLine(line)];
    } catch (error) {
      throw new ProblemError(
        {
          title: `${path} is damaged at line ${index + 1}: ${messageOf(error)}`,
          remedy: 'Remove the line, or restore the file from your version control.',
        },
        { cause: error },
      );
    }
  });
}

function parseLine(line: string): Regression {
  const fitted = fit(lineSchema, parseJson(line));
  if (fitted.kind === 'misfit') throw new Error(describeMisfit(fitted.misfit, 'the line'));
  const { 'phasmoscope-regression': _, ...regression } = fitted.value;
  if (!('operations' in regression)) return regression;
  return { ...regression, operations: regression.operations.map(parseOperation) };
}

function toLine(regression: Regression): string {
  const seed = regression.seed.toString();
  return JSON.stringify(
    'operations' in regression
      ? {
          'phasmoscope-regression': 1,
          ...regression,
          seed,
          operations: regression.operations.map(encodeOperation),
        }
      : { 'phasmoscope-regression': 2, ...regression, seed },
  );
}

/**
 * Adds regressions to those of a machine, even if other processes add some at the same time.
 *
 * @param keyOf the key under which a regression is kept once.
 * @returns the new ones.
 * @throws {ProblemError} for a file that is damaged or cannot be written.
 */
export async function addRegressions(
  machinePath: string,
  regressions: readonly Regression[],
  keyOf: (regression: Regression) => string,
): Promise<readonly Regression[]> {
  return withFileLock(regressionsPath(machinePath), async () => {
    const present = await readRegressions(machinePath);
    const keys = new Set(present.map(keyOf));
    const added = regressions.filter((one) => !keys.has(keyOf(one)));
    if (added.length > 0) await writeRegressions(machinePath, [...present, ...added]);
    return added;
  });
}

/** Replaces the regressions of a machine. */
export async function writeRegressions(
  machinePath: string,
  regressions: readonly Regression[],
): Promise<void> {
  const lines = regressions.map((one) => `${toLine(one)}\n`);
  await writeWholeFile(regressionsPath(machinePath), lines.join(''));
}
