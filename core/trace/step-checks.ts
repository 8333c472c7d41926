import {
  ACTION_CHARS_MAX,
  FINDINGS_MAX,
  LINE_CHARS_MAX,
  SPANS_MAX,
  STEP_ACTIONS_MAX,
  STEP_FINDINGS_MAX,
} from '../limits.ts';
import type { Finding } from '../machine/finding.ts';
import { formatCount, formatPlural, byCount } from '../text/quantities.ts';
import { encodeValue } from '../value/encoding.ts';
import { OversizeError, sameValue, type Value } from '../value/value.ts';
import { TraceLineError, type Step, type TraceEnd } from './format/format.ts';
import type { TraceHeader } from './format/header.ts';

/**
 * Checks of what the form of a line does not say: that a step fits its header and the state before
 * it. What comes later, such as panels and searches, relies on them.
 */
export class TraceChecks {
  readonly #header: TraceHeader;
  readonly #invariants: ReadonlySet<string>;
  #findings = 0;
  #tracked = 0;

  /** @throws {TraceLineError} when parts of the header contradict each other. */
  constructor(header: TraceHeader) {
    this.#header = header;
    this.#invariants = new Set(header.invariants);
    if (this.#invariants.size < header.invariants.length) {
      throw new TraceLineError('invariants: a name is there twice');
    }
    if (new Set(header.rules).size < header.rules.length) {
      throw new TraceLineError('rules: a name is there twice');
    }
    const { shrunkFrom } = header;
    if (shrunkFrom?.stepIndices.some((stepIndex) => stepIndex >= shrunkFrom.steps)) {
      throw new TraceLineError(
        `shrunkFrom.stepIndices: beyond the ${formatCount(shrunkFrom.steps)} steps of the longer run`,
      );
    }
    this.#checkFindings(header.initialFindings, -1);
  }

  /**
   * @param after the state after the step.
   * @throws {TraceLineError} when the step does not fit, or is beyond a limit.
   */
  checkStep(step: Step, after: Value): void {
    const { actions, checkpoint, recovered } = step;
    checkParts(step);
    for (const { kind } of actions) if (kind === 'tracked') this.#tracked += 1;
    requireAtMost(this.#tracked, SPANS_MAX, 'actions: a trace has', 'tracked actions');
    this.#checkFindings(step.findings, step.stepIndex);
    const unknown = recovered.find((name) => !this.#invariants.has(name));
    if (unknown !== undefined) throw notAnInvariant('recovered', unknown);
    this.#count(recovered.length);
    if (checkpoint && !sameValue(checkpoint.state, after)) {
      throw new TraceLineError('the checkpoint differs from the state that the patches lead to');
    }
  }

  /** @throws {TraceLineError} when the closing line contradicts what came before. */
  checkEnd(end: TraceEnd, steps: number): void {
    // Each operation makes a step, but for one that no trace can hold, before which the run ended.
    if (end.operations > end.steps + 1) {
      throw new TraceLineError(
        `the closing line says ${formatPlural(end.operations, 'operation')} in ${formatPlural(end.steps, 'step')}`,
      );
    }
    if (end.steps !== steps) {
      throw new TraceLineError(
        `the closing line says ${formatPlural(end.steps, 'step')}, but ${byCount(steps, 'there is', 'there are')} ${formatCount(steps)}`,
      );
    }
    const { shrunkFrom, forks, rules } = this.#header;
    // What a fork of a shrunk run does otherwise comes from no longer run.
    const related = forks ? Math.min(...forks.map(({ from }) => from)) : steps;
    if (shrunkFrom && shrunkFrom.stepIndices.length !== related) {
      throw new TraceLineError(
        `the header relates ${formatPlural(shrunkFrom.stepIndices.length, 'step')} to the longer run, but there ` +
          `are ${formatCount(related)}`,
      );
    }
    this.#checkCounts(end, steps);
    const counted = Object.keys(end.checks.rules);
    // The first versions counted no rules.
    if (counted.length > 0 && !sameValue(new Set(counted.toSorted()), new Set(rules.toSorted()))) {
      throw new TraceLineError(
        `the closing line counts checks of the rules ${counted.join(', ')}, but the header lists ` +
          rules.join(', '),
      );
    }
  }

  /** @throws {TraceLineError} when it counts more checks than its steps allow. */
  #checkCounts({ checks, isStopped }: TraceEnd, steps: number): void {
    const { evaluated, carriedOver, skipped, rules, settled } = checks;
    // A step that no trace can hold, before which the run was stopped, was checked like the others.
    const missing = isStopped ? 1 : 0;
    const states = steps + 1 + missing;
    const tracked = this.#tracked + missing * STEP_ACTIONS_MAX;
    const ids = 'ids are deterministic and unique';
    const counts: readonly (readonly [what: string, count: number, max: number])[] = [
      ['invariants', evaluated + carriedOver + skipped, this.#invariants.size * states],
      ...Object.entries(settled).map(([name, count]) => [name, count, steps] as const),
      ...Object.entries(rules).map(([name, count]) => {
        const max = name === ids ? tracked : EXECUTIONS_MAX * states;
        return [name, count, max] as const;
      }),
    ];
    const beyond = counts.find(([, count, max]) => count > max);
    if (!beyond) return;
    const [what, count] = beyond;
    throw new TraceLineError(
      `checks: the closing line says ${formatPlural(count, 'check')} of "${what}", which ` +
        `${formatPlural(steps, 'step')} cannot have had`,
    );
  }

  #checkFindings(findings: readonly Finding[], stepIndex: number): void {
    this.#count(findings.length);
    for (const { kind, name, caught } of findings) {
      if (kind === 'invariant' && !this.#invariants.has(name))
        throw notAnInvariant('findings', name);
      if (caught && caught.stepIndex > stepIndex) {
        throw new TraceLineError('findings: a finding follows from a step that comes after it');
      }
    }
  }

  #count(findings: number): void {
    this.#findings += findings;
    requireAtMost(this.#findings, FINDINGS_MAX, 'findings: a trace has', 'findings');
  }
}

/** A step is executed a second time, and on trial for some rules: each time, rules are checked at most once. */
const EXECUTIONS_MAX = 8;

/** Checks that the parts of a step are possible with its operation and outcome. */
function checkParts({ operation, outcome, discarded, attempted, lost }: Step): void {
  if (outcome.kind === 'ok' && discarded.length > 0)
    throw new TraceLineError('discarded: a step that succeeded discards no actions');
  if (outcome.kind === 'ok' && attempted.length > 0)
    throw new TraceLineError('attempted: a step that succeeded has changed what it attempted');
  if (operation.kind !== 'crash' && lost.length > 0)
    throw new TraceLineError('lost: actions are lost in a crash alone');
}

function requireAtMost(count: number, max: number, what: string, things: string): void {
  if (count <= max) return;
  throw new TraceLineError(`${what} at most ${formatCount(max)} ${things}`);
}

/** The parts of a step that hold actions. */
const ACTION_LISTS = ['actions', 'discarded', 'refused', 'lost'] as const;

/**
 * Checks the limits on what a step holds: those of reading are those of recording, so that whatever is
 * recorded can be read.
 *
 * @param line of the step.
 * @throws {OversizeError} that names the limit and the remedy.
 */
export function checkSizes(step: Step, line: string): void {
  for (const field of ACTION_LISTS) {
    limit(step[field].length, STEP_ACTIONS_MAX, `${field}: a step has`, 'actions', LATER);
  }
  limit(step.findings.length, STEP_FINDINGS_MAX, 'findings: a step has', 'findings', FEWER);
  if (line.length <= ACTION_CHARS_MAX) return;
  limit(line.length, LINE_CHARS_MAX, 'a step takes', 'characters of a trace', LESS);
  for (const field of ACTION_LISTS) {
    for (const [at, { action }] of step[field].entries()) {
      const { length } = JSON.stringify(encodeValue(action as Value));
      limit(length, ACTION_CHARS_MAX, `${field}.${at}: an action has`, 'characters', REFER);
    }
  }
}

/** @throws {OversizeError} for a header that is longer than what is read. */
export function checkHeaderSize({ length }: string): void {
  limit(length, LINE_CHARS_MAX, 'the header, with the initial state, has', 'characters', BEGIN);
}

const BEGIN = 'Begin with less.';
const LATER = 'Emit the others in later steps, or one action that stands for them all.';
const FEWER = 'Check fewer things, or several in one.';
const LESS = 'Keep less in a step: divide the change of the state over several.';
const REFER = 'Keep large data outside of it, and give the action its name.';

function limit(count: number, max: number, what: string, things: string, remedy: string): void {
  if (count <= max) return;
  const counts = `at most ${formatCount(max)} ${things}, and this one ${formatCount(count)}`;
  throw new OversizeError(`${what} ${counts}. ${remedy}`);
}

function notAnInvariant(field: string, name: string): TraceLineError {
  return new TraceLineError(`${field}: "${name}" is not one of the invariants of the header`);
}
