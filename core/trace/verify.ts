import type { LocateError } from '../engine/executor.ts';
import { replaySource, Run } from '../engine/run.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/scenario.ts';
import { hashValue } from '../value/hash.ts';
import { sameValue } from '../value/value.ts';
import type { Step } from './format.ts';
import { recordStep } from './recorder.ts';
import type { Trace } from './trace.ts';

/** The first step whose re-execution differs from the trace. */
export type Difference =
  | {
      readonly kind: 'step';
      readonly stepIndex: number;
      /** Which parts of the step differ. */
      readonly fields: readonly string[];
      readonly expected: Step;
      readonly actual: Step;
    }
  | {
      readonly kind: 'initialState';
      readonly expectedHash: string;
      readonly actualHash: string;
    };

/** The parts of a step that re-execution must reproduce, in the order that people ask. */
const COMPARED = [
  'outcome',
  'actions',
  'stateHash',
  'patch',
  'attempted',
  'discarded',
  'lost',
  'findings',
  'recovered',
] as const satisfies readonly (keyof Step)[];

/** Re-executes the operations of a trace on a machine and compares step by step. */
export class Verifier {
  readonly #trace: Trace;
  readonly #run: Run;
  #difference: Difference | undefined;

  /** @throws what the machine's `initialState` throws. */
  constructor(trace: Trace, machine: AnyMachine, locate: LocateError = () => undefined) {
    this.#trace = trace;
    this.#run = new Run(machine, replaySource(operationsOf(trace)), {
      locate,
      isRecorded: true,
    });
    const actualHash = hashValue(this.#run.executor.initialState);
    const expectedHash = trace.header.initialHash;
    if (actualHash !== expectedHash) {
      this.#difference = { kind: 'initialState', expectedHash, actualHash };
    }
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#run.steps;
  }

  /** The first difference, once it is found. */
  get difference(): Difference | undefined {
    return this.#difference;
  }

  /** Compares up to `stepsMax` more steps; answers whether there may be more to come. */
  async advance(stepsMax: number): Promise<boolean> {
    for (let made = 0; made < stepsMax && !this.#difference; made += 1) {
      const hasMore = await this.#run.advance(1, (executed) => {
        const expected = this.#trace.step(executed.stepIndex);
        const actual = recordStep(executed);
        const fields = COMPARED.filter((field) => !sameValue(expected[field], actual[field]));
        if (fields.length === 0) return;
        const { stepIndex } = executed;
        this.#difference = { kind: 'step', stepIndex, fields, expected, actual };
      });
      if (!hasMore) return false;
    }
    return !this.#difference;
  }
}

function operationsOf(trace: Trace): Operation[] {
  return Array.from({ length: trace.length }, (_, index) => trace.step(index).operation);
}
