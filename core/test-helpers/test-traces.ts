import { Run } from '../engine/run.ts';
import { scenarioSource } from '../engine/simulation.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import type { Value } from '../value/value.ts';
import { adder, adderScenario } from './test-machines.ts';

/** A recorded run, and what the engine knew of it. */
export interface Recorded {
  readonly text: string;
  readonly executed: readonly Executed[];
  readonly initialState: Value;
  readonly outstanding: readonly (readonly unknown[])[];
}

/** Records a run of the adder. */
export function recordAdder(
  seed: bigint,
  faults: keyof typeof FAULT_PROFILES,
  operationsMax: number,
): Recorded {
  const machine = adder();
  const run = new Run(
    machine,
    scenarioSource({
      scenario: adderScenario,
      seed,
      operationsMax,
      faults: FAULT_PROFILES[faults],
    }),
  );
  const recorder = new TraceRecorder(machine, run, {
    scenario: adderScenario.name,
    seed,
    operationsMax,
    faults,
  });
  const lines = [recorder.header()];
  const executed: Executed[] = [];
  const outstanding: unknown[][] = [];
  void run.advance(Number.POSITIVE_INFINITY, (step) => {
    lines.push(recorder.step(step));
    executed.push(step);
    // What the step itself emitted counts as outstanding from here on, as it does in a trace.
    const own = step.actions.flatMap((action) => (action.kind === 'tracked' ? [action.id] : []));
    const others = [...run.executor.outstanding.keys()].filter((id) => !own.includes(id));
    outstanding.push([...others, ...own]);
  });
  lines.push(recorder.end());
  return {
    text: `${lines.join('\n')}\n`,
    executed,
    initialState: run.executor.initialState,
    outstanding,
  };
}

/**
 * The trace that a text gives.
 *
 * @param piece how many characters come at a time.
 */
export function readTrace(text: string, piece = text.length): Trace {
  const builder = new TraceBuilder();
  for (let from = 0; from < text.length; from += piece)
    builder.push(text.slice(from, from + piece));
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}
