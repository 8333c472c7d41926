import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Run } from '../engine/run.ts';
import { scenarioSource } from '../engine/simulation.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { readTrace } from '../test-helpers/test-traces.ts';
import { TraceRecorder } from './recorder.ts';
import { LinesNotLoaded, whenLoaded, type StepLines } from './step-lines.ts';
import { packDelta, TraceIndex, unpackDelta } from './trace-index.ts';
import { Trace } from './trace.ts';

function traceOf(seed: bigint, operationsMax: number): Trace {
  const machine = adder();
  const faults = FAULT_PROFILES.chaos;
  const run = new Run(
    machine,
    scenarioSource({ scenario: adderScenario, seed, operationsMax, faults }),
  );
  const label = { scenario: adderScenario.name, seed, operationsMax, faults: 'chaos' };
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  void run.advance(Number.POSITIVE_INFINITY, (step) => lines.push(recorder.step(step)));
  lines.push(recorder.end());
  return readTrace(lines.map((line) => `${line}\n`).join(''));
}

/** Lines that are fetched before they are at hand, as from another process. */
class FetchedLines implements StepLines {
  readonly #whole: Trace;
  readonly #atHand = new Set<number>();
  fetches = 0;

  constructor(whole: Trace) {
    this.#whole = whole;
  }

  line(stepIndex: number): string {
    this.require([stepIndex]);
    return this.#whole.line(stepIndex);
  }

  require(stepIndices: readonly number[]): void {
    const missing = stepIndices.filter((stepIndex) => !this.#atHand.has(stepIndex));
    if (missing.length > 0) throw new LinesNotLoaded(missing);
  }

  async load(stepIndices: readonly number[]): Promise<void> {
    this.fetches += 1;
    for (const stepIndex of stepIndices) this.#atHand.add(stepIndex);
  }
}

describe('the index of a trace', () => {
  it('is the same when it grows by what came since, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 1_000n }),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (seed, cuts) => {
          const trace = traceOf(seed, 300);
          const grown = new TraceIndex(trace.header);
          const copy = new TraceIndex(trace.header);
          const stops = [...cuts, trace.length].toSorted((one, other) => one - other);
          for (const stop of stops) {
            while (grown.length < Math.min(stop, trace.length))
              grown.add(trace.wholeStep(grown.length));
            const packed = packDelta(grown.since(copy.length));
            copy.append(unpackDelta(packed));
          }
          if (trace.end) copy.close(trace.end);
          const all = trace.index;
          expect(copy.since(0)).toEqual(all.since(0));
          expect(copy.spans).toEqual(all.spans);
          expect(copy.changedSteps).toEqual(all.changedSteps);
          expect(copy.crashSteps).toEqual(all.crashSteps);
          expect(copy.violations).toEqual(all.violations);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses what does not follow', () => {
    const trace = traceOf(1n, 20);
    const index = new TraceIndex(trace.header);
    expect(() => index.append(trace.index.since(3))).toThrow('none follow from 3');
  });
});

describe('a trace whose lines are fetched', () => {
  it('holds the same states and verdicts, in few fetches', async () => {
    const whole = traceOf(7n, 400);
    const lines = new FetchedLines(whole);
    const trace = new Trace(whole.index, lines);
    for (const at of [whole.length - 1, 0, Math.floor(whole.length / 2), -1]) {
      lines.fetches = 0;
      expect(await whenLoaded(lines, () => trace.stateAt(at))).toEqual(whole.stateAt(at));
      expect(lines.fetches).toBeLessThanOrEqual(1);
    }
    expect(await whenLoaded(lines, () => trace.step(5))).toEqual(whole.step(5));
  });

  it('says which lines are missing', () => {
    const whole = traceOf(7n, 400);
    const trace = new Trace(whole.index, new FetchedLines(whole));
    expect(() => trace.step(9)).toThrow(new LinesNotLoaded([9]));
  });
});
