import type { Finding } from '../../core/machine/finding.ts';
import type { StepGlance } from '../../core/trace/glance.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { markOf, type Mark } from '../theme/marks.ts';

/** How many items of a list that is ascending by a key have a key below a limit. */
export function countBelow<Item>(
  ascending: readonly Item[],
  limit: number,
  keyOf: (item: Item) => number,
): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(ascending[middle] as Item) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const itself = (step: number) => step;
const stepOf = (finding: Finding) => finding.stepIndex;

/** How many steps the machine can be down at most before a crash is off the screen anyway. */
const DOWN_STEPS_MAX = 16;

/** The crashes whose cell or restore touches a range. */
export function crashesIn(trace: Trace, fromAt: number, toAt: number): readonly number[] {
  const { crashSteps } = trace;
  const from = countBelow(crashSteps, Math.floor(fromAt) - DOWN_STEPS_MAX, itself);
  return crashSteps.slice(from, countBelow(crashSteps, toAt, itself));
}

/** The step coordinate at which the machine is back after a crash, or dead again. */
export function backAt(trace: Trace, crashStep: number): number {
  for (let at = crashStep + 1; at < trace.length; at += 1) {
    const { operation, outcome } = trace.glance(at);
    if (operation !== 'restore') return at;
    if (outcome === 'ok') return at + 1;
  }
  return trace.length;
}

/** The marks of a trace, in order. */
export class MarkIndex {
  #length = 0;
  readonly #steps: number[] = [];
  readonly #counts = new Map<Mark, number>();

  /** Takes over the marks of the steps that were added since. */
  extend(lengthSteps: number, glanceAt: (stepIndex: number) => StepGlance): void {
    for (let stepIndex = this.#length; stepIndex < lengthSteps; stepIndex += 1) {
      const mark = markOf(glanceAt(stepIndex));
      if (mark === undefined) continue;
      this.#steps.push(stepIndex);
      this.#counts.set(mark, this.count(mark) + 1);
    }
    this.#length = Math.max(this.#length, lengthSteps);
  }

  /** How many there are of a mark in the whole trace. */
  count(mark: Mark): number {
    return this.#counts.get(mark) ?? 0;
  }

  /** The steps with a mark whose cells touch a range. */
  stepsIn(fromAt: number, toAt: number): readonly number[] {
    const from = countBelow(this.#steps, Math.floor(fromAt), itself);
    return this.#steps.slice(from, countBelow(this.#steps, toAt, itself));
  }
}

/** The findings in a range, those on the initial state included. */
export function findingsIn(trace: Trace, fromAt: number, toAt: number): readonly Finding[] {
  const { findings } = trace;
  const from = countBelow(findings, Math.floor(fromAt), stepOf);
  return findings.slice(from, countBelow(findings, toAt, stepOf));
}
