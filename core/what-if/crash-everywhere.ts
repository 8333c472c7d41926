import { driveToEnd } from '../engine/driving.ts';
import { trackedOf } from '../engine/guide.ts';
import { signatureOf } from '../engine/signature.ts';
import type { Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import type { ActionId } from '../machine/machine.ts';
import type { RuleName } from '../machine/rules.ts';
import { forkOfCrash, type Fork, type ForkChange } from '../trace/format/fork.ts';
import type { CrashVerdictInBrief } from '../trace/words/judged.ts';
import { quoteValue } from '../value/value.ts';
import { Forks, type ForkSubject } from './fork.ts';
import { keptParent, type Parent } from './parent.ts';

/** A place where the process may die: inside a step, or after its commit when some actions are out. */
export interface CrashPoint {
  readonly stepIndex: number;
  readonly change: ForkChange & { readonly kind: 'crash' | 'fault' };
}

/** What became of a run that crashed at a point. */
export interface CrashVerdict {
  readonly point: CrashPoint;
  readonly verdict: CrashVerdictInBrief['verdict'];
  /** What is found because of the crash; otherwise what is found anyway. */
  readonly findings: readonly Finding[];
}

/** How the points are gone through. */
export interface CrashEverywhereOptions {
  /** Steps from one on, and before another; by default all. */
  readonly from?: number;
  readonly to?: number;
  /** Called with each verdict, in the order of the run. */
  readonly onVerdict?: (verdict: CrashVerdict) => void;
  /** Called before each step; may return to the event loop, so that messages come in. */
  readonly isCancelled?: () => boolean | Promise<boolean>;
}

/** What was found at all points of a run. */
export interface CrashEverywhere {
  /** In the order of the run. */
  readonly verdicts: readonly CrashVerdict[];
  readonly isStopped: boolean;
}

/**
 * Crashes a run at every point of every step, each time in a run of its own: crash, restore, deliver what is
 * outstanding, settle, judge. What is found at a point and not without the crash is the fault of the
 * recovery. (Bounded crash testing in the manner of CrashMonkey and ACE, Mohan et al., OSDI 2018.)
 *
 * @throws {ScenarioError} when the scenario throws.
 */
export async function crashEverywhere(
  subject: ForkSubject,
  whole: Parent,
  { from = 0, to = whole.length, onVerdict, isCancelled }: CrashEverywhereOptions = {},
): Promise<CrashEverywhere> {
  const verdicts: CrashVerdict[] = [];
  const parent = keptParent(whole);
  const settling = new Settling(subject, parent);
  try {
    for (let at = from; at < Math.min(to, parent.length); at += 1) {
      if (await isCancelled?.()) return { verdicts, isStopped: true };
      for (const verdict of await settling.verdictsAt(at)) {
        verdicts.push(verdict);
        onVerdict?.(verdict);
      }
    }
    return { verdicts, isStopped: false };
  } finally {
    settling.close();
  }
}

/** A verdict without the findings in full. */
export function verdictInBrief({ point, verdict, findings }: CrashVerdict): CrashVerdictInBrief {
  return {
    ...inBrief(point),
    verdict,
    findings: findings.map(({ kind, name, message }) => ({ kind, name, message })),
  };
}

function inBrief({
  stepIndex,
  change,
}: CrashPoint): Pick<CrashVerdictInBrief, 'stepIndex' | 'dispatched'> {
  return { stepIndex, ...(change.kind === 'crash' ? { dispatched: change.dispatched } : {}) };
}

/** The points of a step at which the process may die. */
export function crashPointsOf({ stepIndex, operation, outcome, actions }: Executed): CrashPoint[] {
  const { kind } = operation;
  if (kind !== 'normal' && kind !== 'trackedActionCompleted' && kind !== 'restore') return [];
  // A step that is rolled back leaves nothing to be lost, in it or after it.
  if (outcome.kind !== 'ok') return [];
  const fault = { kind: 'crashBeforeCommit' } as const;
  const inside: CrashPoint = { stepIndex, change: { kind: 'fault', at: stepIndex, fault } };
  const after = Array.from({ length: actions.length + 1 }, (_, dispatched): CrashPoint => {
    return { stepIndex, change: { kind: 'crash', after: stepIndex, dispatched } };
  });
  return [inside, ...after];
}

/** Settles what a run comes to after its steps, with a crash and without. */
class Settling {
  readonly #parent: Parent;
  readonly #forks: Forks;
  /** Whether the machine may lose actions in a crash, as it says. */
  readonly #mayLose: boolean;

  constructor(subject: ForkSubject, parent: Parent) {
    this.#parent = parent;
    this.#mayLose = subject.machine.waivers?.[LOST] !== undefined;
    this.#forks = new Forks(subject, parent);
  }

  close(): void {
    this.#forks.close();
  }

  /** What becomes of a run that crashes at the points of a step. */
  async verdictsAt(stepIndex: number): Promise<readonly CrashVerdict[]> {
    const step = this.#parent.step(stepIndex);
    // In the order of the places where they begin, so that each goes on from the one before.
    const crashed: { readonly point: CrashPoint; readonly findings: readonly Finding[] }[] = [];
    for (const point of crashPointsOf(step)) {
      crashed.push({ point, findings: await this.#settle(forkOfCrash(inBrief(point))) });
    }
    if (crashed.length === 0) return [];
    const settled = await this.#settle(forkWithoutCrash(stepIndex));
    const anyway = new Set([...step.findings, ...settled].map(signatureOf));
    return crashed.map(({ point, findings }) => {
      const own = findings.filter((found) => !anyway.has(signatureOf(found)));
      if (own.length > 0) return { point, verdict: 'fails', findings: own };
      return { point, verdict: findings.length > 0 ? 'failsAnyway' : 'fine', findings };
    });
  }

  /** What is found when a fork of the run settles. */
  async #settle(fork: Fork): Promise<readonly Finding[]> {
    const { from } = fork;
    const { run } = await this.#forks.start(fork);
    const outstanding = new Map(run.executor.outstanding);
    if (from > 0) {
      for (const { id, action } of trackedOf(this.#parent.step(from - 1))) {
        outstanding.set(id, action);
      }
    }
    const found: Finding[] = [];
    let isRestored = false;
    await driveToEnd(run, {
      observe: (step) => {
        if (!isRestored && step.operation.kind === 'restore' && step.outcome.kind === 'ok') {
          isRestored = true;
          if (!this.#mayLose) found.push(...findLost(outstanding, step));
        }
        found.push(...step.findings);
      },
    });
    return found;
  }
}

/** The fork that settles after a step as {@link forkOfCrash} does, without the crash. */
function forkWithoutCrash(stepIndex: number): Fork {
  const from = stepIndex + 1;
  return { from, changes: [], goesOn: 'sameOperations', settles: true, ends: from };
}

/** The actions that were outstanding before the crash, and that restore does not bring back. */
function findLost(outstanding: ReadonlyMap<ActionId, unknown>, restore: Executed): Finding[] {
  const kept = new Set(trackedOf(restore).map(({ id }) => id));
  const lost = [...outstanding].filter(([id]) => !kept.has(id));
  return lost.slice(0, LOST_MAX).map(([id, action]) => ({
    stepIndex: restore.stepIndex,
    kind: 'rule',
    name: LOST,
    message: `The tracked action ${quoteValue(id)} is lost in the crash.`,
    expected: `restore emits ${quoteValue(id)}: ${quoteValue(action)}`,
    actual: `restore emits ${kept.size === 0 ? 'nothing' : [...kept].map(quoteValue).join(', ')}`,
    shape: LOST_SHAPE,
  }));
}

const LOST: RuleName = 'tracked actions are restorable';
/** Findings of actions that a crash has lost are no others that the same step has without it. */
const LOST_SHAPE = 'crash';
const LOST_MAX = 4;
