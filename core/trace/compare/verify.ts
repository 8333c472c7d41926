import type { CheckPlan } from '../../engine/check-plan.ts';
import type { ExecutionOptions } from '../../engine/executor.ts';
import type { OperationList } from '../../engine/replay.ts';
import { startReplay, type Run } from '../../engine/run.ts';
import type { Overrun, StepWatch } from '../../engine/step-watch.ts';
import type { Executed } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import type { AnyMachine } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { differingPlaces, type DifferingPlaces } from '../../value/differing-places.ts';
import { hashValue } from '../../value/hash.ts';
import { sameValue } from '../../value/value.ts';
import type { Step, StepPart } from '../format/format.ts';
import { HEADER_PARTS, type HeaderPart, type TraceHeader } from '../format/header.ts';
import { recordStep } from '../recorder.ts';
import type { Trace } from '../trace.ts';
import { differingParts } from './differing-parts.ts';

/** The first step whose re-execution differs from the trace. */
export type Difference =
  | {
      readonly kind: 'step';
      readonly stepIndex: number;
      /** Which parts of the step differ. */
      readonly fields: readonly StepPart[];
      readonly expected: Step;
      readonly actual: Step;
    }
  | {
      readonly kind: 'header';
      readonly part: HeaderPart;
      readonly expected: readonly string[];
      readonly actual: readonly string[];
    }
  | {
      readonly kind: 'initialState';
      readonly expectedHash: string;
      readonly actualHash: string;
      /** Where the two states differ. */
      readonly states: DifferingPlaces;
    };

/** How many places of two initial states are named. */
const PLACES_MAX = 20;

/** Options of a verification. */
export interface VerifyOptions extends Pick<ExecutionOptions, 'locate' | 'guard' | 'watch'> {
  /** The trace's scenario, which says what must hold at the end. */
  readonly scenario?: AnyScenario | undefined;
  /** How many steps are compared; by default all. */
  readonly stepsMax?: number | undefined;
  /**
   * Whether only what the machine did is compared, and not what was found in it: of a source that was changed, the
   * invariants may be others.
   */
  readonly isDeedsOnly?: boolean | undefined;
}

/** The parts of a step that say what was found in it. */
const FOUND: readonly StepPart[] = ['findings', 'recovered'];

/** Re-executes the operations of a trace on a machine and compares step by step. */
export class Verifier {
  readonly #trace: Trace;
  readonly #run: Run;
  readonly #isJudged: boolean;
  readonly #isDeedsOnly: boolean;
  #difference: Difference | undefined;

  /** @throws what the machine's `initialState` throws. */
  constructor(
    trace: Trace,
    machine: AnyMachine,
    { stepsMax, isDeedsOnly = false, ...options }: VerifyOptions = {},
  ) {
    this.#trace = trace;
    // Without the scenario, its findings at the end cannot be checked: they are taken as recorded.
    this.#isJudged = options.scenario !== undefined;
    this.#isDeedsOnly = isDeedsOnly;
    const checks = checksOf(trace.header);
    this.#run = startReplay({ machine, checks, ...options }, operationsAsNeeded(trace, stepsMax));
    const { initialState } = this.#run.executor;
    const actualHash = hashValue(initialState, trace.header.digests);
    // Of the state itself: in a damaged trace, its digest may be that of another one.
    const expectedHash = hashValue(trace.header.initialState, trace.header.digests);
    this.#difference =
      actualHash === expectedHash
        ? isDeedsOnly
          ? undefined
          : differenceOfHeaders(trace, machine, this.#run)
        : {
            kind: 'initialState',
            expectedHash,
            actualHash,
            states: differingPlaces(trace.header.initialState, initialState, PLACES_MAX),
          };
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#run.steps;
  }

  /** The first difference, if one was found so far. */
  get difference(): Difference | undefined {
    return this.#difference;
  }

  /**
   * Compares up to `stepsMax` more steps; returns whether there may be more to come.
   *
   * @param observe called with each step.
   */
  async advance(stepsMax: number, observe?: (step: Executed) => void): Promise<boolean> {
    if (this.#difference) return false;
    const hasMore = await this.#run.advance(stepsMax, (executed) => {
      this.#compare(executed);
      observe?.(executed);
    });
    if (this.#difference) this.close();
    return hasMore && !this.#difference;
  }

  get watch(): StepWatch | undefined {
    return this.#run.watch;
  }

  /** Compares the step that did not end, which is the last one. */
  overrun(overrun: Overrun): void {
    this.#run.overrun(overrun, (executed) => this.#compare(executed));
  }

  /** Ends the verification early. */
  close(): void {
    this.#run.close();
  }

  #compare(executed: Executed): void {
    const { stepIndex } = executed;
    const expected = this.#trace.step(stepIndex);
    const actual = recordStep(executed, this.#trace.header.digests);
    const isTaken = expected.operation.kind === 'settled' && !this.#isJudged;
    const fields = differingParts(expected, actual, () =>
      this.#trace.stateAt(stepIndex - 1),
    ).filter(
      (part) => !(isTaken && part === 'findings') && !(this.#isDeedsOnly && FOUND.includes(part)),
    );
    if (fields.length === 0) return;
    this.#difference = { kind: 'step', stepIndex, fields, expected, actual };
    this.#run.pause();
  }
}

function differenceOfHeaders(
  { header }: Trace,
  machine: AnyMachine,
  { executor }: Run,
): Difference | undefined {
  const pairs: Readonly<Record<HeaderPart, readonly [readonly string[], readonly string[]]>> = {
    invariants: [header.invariants, Object.keys(machine.invariants)],
    waivers: [textsOf(header.waivers), textsOf(machine.waivers ?? {})],
    initialFindings: [namesOf(header.initialFindings), namesOf(executor.initialFindings)],
  };
  for (const part of HEADER_PARTS) {
    const [expected, actual] = pairs[part];
    if (!sameValue(expected, actual)) return { kind: 'header', part, expected, actual };
  }
  return undefined;
}

function textsOf(waivers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(waivers).map(([rule, reason]) => `${rule}: ${reason}`);
}

function namesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ kind, name }) => `${kind} ${name}`);
}

/** Every check that a run was recorded with, at every occasion. */
export function checksOf({ rules }: Pick<TraceHeader, 'rules'>): CheckPlan {
  const everyTime = Object.fromEntries(rules.map((rule) => [rule, true as const]));
  return { invariantsEvery: 1, closeEvery: 1, rules: everyTime };
}

/**
 * The operations of a trace, or of its first steps, each read when it comes: all of them may not fit into the
 * memory.
 */
export function operationsAsNeeded(
  trace: Trace,
  stepsMax: number = Number.POSITIVE_INFINITY,
): OperationList {
  const length = Math.min(trace.length, stepsMax);
  return {
    at: (position) => (position < length ? trace.step(position).operation : undefined),
  };
}

/** The operations of a trace, in order. */
export function operationsOf(trace: Trace): Operation[] {
  return Array.from({ length: trace.length }, (_, index) => trace.step(index).operation);
}
