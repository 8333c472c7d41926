import { setImmediate } from 'node:timers/promises';
import { shapeOf } from '../../engine/signature.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { findingsOf } from '../../trace/causes.ts';
import { formatRecord, parseRecord, type RecordRef } from '../../trace/records/record-kinds.ts';
import { listRecords, stepsOfRecord } from '../../trace/records/record-search.ts';
import { recordsOf, type Way } from '../../trace/records/record-touches.ts';
import type { Trace } from '../../trace/trace.ts';
import { type ReadTrace } from '../files/trace-file.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { EXIT, type ExitCode } from './output.ts';
import { readTraceFile } from './trace-reading.ts';

/** A step that concerns a record. */
interface RecordStep {
  readonly step: number;
  readonly operation: string;
  readonly outcome: string;
  readonly ways: readonly Way[];
  /** The phase that the step put it into. */
  readonly phase?: string;
  readonly findings: readonly string[];
}

/** The steps about a record in one file. */
interface RecordSteps {
  readonly file: string;
  readonly machine: string;
  readonly seed: string;
  readonly steps: readonly RecordStep[];
  readonly damage?: ReadTrace['damage'];
}

/** How many records a message names as examples. */
const EXAMPLES_MAX = 5;
const SHAPE_CHARS = 34;
const OUTCOME_CHARS = 8;

/** `phasmoscope query --record`: the steps of traces that concern a record, without their machine. */
export async function queryRecord(
  files: readonly string[],
  name: string,
  isJson: boolean,
): Promise<ExitCode> {
  const found: RecordSteps[] = [];
  const traces: Trace[] = [];
  for (const file of files) {
    const { trace, damage } = await readTraceFile(file);
    traces.push(trace);
    const record = parseRecord(recordsOf(trace).kinds, name);
    const steps = record ? await stepsIn(trace, record) : [];
    const { machine, seed } = trace.header;
    found.push({ file, machine, seed, steps, ...(damage ? { damage } : {}) });
  }
  if (found.every(({ steps }) => steps.length === 0)) throw notFound(name, traces);
  if (isJson) printJson({ record: name, files: found });
  else for (const one of found) print(one);
  return found.some(({ damage }) => damage) ? EXIT.found : EXIT.done;
}

async function stepsIn(trace: Trace, record: RecordRef): Promise<readonly RecordStep[]> {
  const steps: RecordStep[] = [];
  for (const part of stepsOfRecord(trace, { record, from: 0 })) {
    steps.push(...(part?.steps ?? []).map((at) => describe(trace, record, at)));
    await setImmediate();
  }
  return steps;
}

function describe(trace: Trace, record: RecordRef, stepIndex: number): RecordStep {
  const { operation, outcome } = trace.step(stepIndex);
  const records = recordsOf(trace);
  const isOwn = (one: { readonly record: RecordRef }) =>
    formatRecord(one.record) === formatRecord(record);
  const change = records.phaseChangesBy(stepIndex).find(isOwn);
  return {
    step: stepIndex,
    operation: shapeOf(operation),
    outcome: outcome.kind,
    ways: [...(records.touchedBy(stepIndex).find(isOwn)?.ways ?? [])],
    ...(change?.to === undefined ? {} : { phase: change.to }),
    findings: findingsOf(trace, stepIndex).map(({ name, message }) => `${name}: ${message}`),
  };
}

function print({ file, steps }: RecordSteps): void {
  const count = formatPlural(steps.length, 'step');
  printLine(style.bold(file), '  ', steps.length === 0 ? style.dim('no step') : count);
  const width = formatCount(steps.at(-1)?.step ?? 0).length;
  for (const { step, operation, outcome, ways, phase, findings } of steps) {
    const became = phase === undefined ? '' : `  → ${phase}`;
    printLine(
      `  ${formatCount(step).padStart(width)}  ${operation.padEnd(SHAPE_CHARS)} `,
      `${outcome.padEnd(OUTCOME_CHARS)} `,
      style.dim(ways.join(', ')),
      became,
    );
    for (const finding of findings) printLine(style.red(`  ${' '.repeat(width)}  ${finding}`));
  }
}

function notFound(name: string, traces: readonly Trace[]): ProblemError {
  const kinds = new Set(traces.flatMap((trace) => recordsOf(trace).kinds.map((kind) => kind.name)));
  const examples = traces.flatMap((trace) => {
    const [part] = listRecords(trace, { text: '', from: -1, max: EXAMPLES_MAX });
    return (part?.records ?? []).map(({ record }) => formatRecord(record));
  });
  return new ProblemError({
    title: `No step is about a record "${name}".`,
    remedy:
      kinds.size === 0
        ? 'The state holds no records: declare them with `records` in the machine.'
        : `Write it as KIND/ID. The kinds are: ${[...kinds].join(', ')}.` +
          (examples.length === 0
            ? ''
            : ` Records are, for example: ${[...new Set(examples)].slice(0, EXAMPLES_MAX).join(', ')}.`),
  });
}
