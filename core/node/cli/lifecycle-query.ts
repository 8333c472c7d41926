import { setImmediate } from 'node:timers/promises';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { lifecyclesOfRun, type Lifecycle } from '../../trace/records/lifecycle.ts';
import { findTransitions, type Transition } from '../../trace/records/phases.ts';
import type { Trace } from '../../trace/trace.ts';
import { lifecyclesAsJson, printLifecycles } from '../report/lifecycle-text.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { readTraceFile } from './trace-reading.ts';

/** A transition, with how often it was made in all traces, and where first. */
interface Counted extends Transition {
  count: number;
  readonly first: { readonly file: string; readonly step: number };
}

/** The transitions in the traces of one machine. */
interface OfMachine {
  readonly machine: string;
  /** The first one, which says what is declared. */
  readonly trace: Trace;
  traces: number;
  readonly seen: Map<string, Counted>;
}

/**
 * `phasmoscope query --lifecycle`: the transitions that the records of traces make, without their machine.
 * Ends with 1 if one of them is not declared.
 */
export async function queryLifecycles(
  files: readonly string[],
  isJson: boolean,
): Promise<ExitCode> {
  const machines = new Map<string, OfMachine>();
  const progress = new ProgressLine();
  let isDamaged = false;
  for (const [at, file] of files.entries()) {
    progress.show(
      () => `${formatCount(at)} of ${formatCount(files.length)} traces`,
      at / files.length,
    );
    const { trace, damage, close } = await readTraceFile(file);
    isDamaged ||= damage !== undefined;
    const { machine } = trace.header;
    const known = machines.get(machine) ?? { machine, trace, traces: 0, seen: new Map() };
    machines.set(machine, known);
    await count(known, file, trace);
    close();
  }
  progress.clear();
  const found = [...machines.values()].map(({ machine, trace, traces, seen }) => ({
    machine,
    traces,
    lifecycles: lifecyclesOfRun(trace, [...seen.values()]),
  }));
  if (isJson) printJson({ machines: found.map(jsonOf) });
  else for (const one of found) print(one);
  const lifecycles = found.flatMap((one) => one.lifecycles);
  if (lifecycles.length === 0) {
    printProblem({
      title: 'No record of these traces has phases.',
      remedy: 'Declare `records` with a `phase` in the machine, and record the traces again.',
    });
    return EXIT.refused;
  }
  const isUndeclared = lifecycles.some(({ transitions }) =>
    transitions.some(({ verdict }) => verdict === 'undeclared'),
  );
  return isUndeclared || isDamaged ? EXIT.found : EXIT.done;
}

async function count(known: OfMachine, file: string, trace: Trace): Promise<void> {
  known.traces += 1;
  for (const part of findTransitions(trace, { from: 0 })) {
    for (const { steps, ...transition } of part?.transitions ?? []) {
      const { kind, field, from, to } = transition;
      const key = JSON.stringify([kind, field, from, to]);
      const [step = 0] = steps;
      const counted = known.seen.get(key) ?? { ...transition, count: 0, first: { file, step } };
      counted.count += steps.length;
      known.seen.set(key, counted);
    }
    await setImmediate();
  }
}

interface Found {
  readonly machine: string;
  readonly traces: number;
  readonly lifecycles: readonly Lifecycle<Counted>[];
}

function jsonOf({ machine, traces, lifecycles }: Found) {
  return { machine, traces, lifecycles: lifecyclesAsJson(lifecycles) };
}

function print({ machine, traces, lifecycles }: Found): void {
  printLine(style.bold(machine), '  ', formatPlural(traces, 'trace'));
  printLifecycles(lifecycles, ({ step, file }) => `at step ${formatCount(step)} of ${file}`);
}
