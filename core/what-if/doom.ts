import { checksForCause } from '../engine/check-plan.ts';
import { driveToStep } from '../engine/driving.ts';
import { causeWithoutPlace, signatureOf } from '../engine/signature.ts';
import type { Fork } from '../trace/format/fork.ts';
import type { DoomPoint } from '../trace/words/judged.ts';
import { requireFailing, type Failure } from './but-for.ts';
import { Forks, type ForkSubject } from './fork.ts';
import { ForkError } from './forked-list.ts';
import { cutParent, keptParent, type Parent } from './parent.ts';

/** When a run was doomed. */
export interface Doom {
  readonly failure: Failure;
  /** Ascending by `from`. */
  readonly points: readonly DoomPoint[];
  /** The step whose execution raised the share most, if one did beyond doubt. */
  readonly decidedAt: number | undefined;
  readonly runs: number;
  readonly isStopped: boolean;
}

/** How a curve is drawn and stopped. */
export interface DoomOptions {
  /** Runs in all. */
  readonly runsMax?: number;
  /**
   * Whether the machine was changed since the run was recorded: then the run need not fail again, and the
   * cause may be at another place of the source.
   */
  readonly isChanged?: boolean;
  /** Called with each point as it is known, again when it has become more certain. */
  readonly onPoint?: (point: DoomPoint, runs: number) => void;
  /** Called before each run; may return to the event loop, so that messages come in. */
  readonly isCancelled?: () => boolean | Promise<boolean>;
}

/** Places of the first, even look at a run. */
const GRID = 12;
/** Runs from a place at a time. */
const BATCH = 8;
/** A place has enough runs when its band is this narrow to each side, … */
const HALF_WIDTH = 0.12;
/** … or when it has this many. */
const RUNS_PER_POINT_MAX = 96;
export const DOOM_RUNS_MAX = 4_000;
/** The normal quantile of a two-sided confidence of 95 %. */
const Z = 1.96;

/**
 * Draws how likely a failed run still was to fail after each of its steps: from many places the scenario goes
 * on with new draws, and the share that fails with the same cause is counted. Places are added where the
 * share jumps, until the jump lies between two steps; flat stretches cost few runs.
 *
 * @throws {LeadError} when the scenario was changed since the run was recorded.
 * @throws {ForkError} when there is no scenario to go on.
 */
export async function askDoom(
  subject: ForkSubject,
  whole: Parent,
  failure: Failure,
  options: DoomOptions = {},
): Promise<Doom> {
  const asking = new Asking(subject, whole, failure, options);
  return asking.ask().finally(() => asking.close());
}

/** The Wilson score interval of a share (Wilson 1927), which holds for few runs and shares near 0 and 1. */
export function pointOf(from: number, runs: number, failed: number): DoomPoint {
  const share = failed / runs;
  const spread = 1 + Z ** 2 / runs;
  const centre = (share + Z ** 2 / (2 * runs)) / spread;
  const half = (Z / spread) * Math.sqrt((share * (1 - share)) / runs + Z ** 2 / (4 * runs ** 2));
  return {
    from,
    runs,
    failed,
    share,
    low: Math.max(0, centre - half),
    high: Math.min(1, centre + half),
  };
}

class Asking {
  readonly #subject: ForkSubject;
  readonly #parent: Parent;
  readonly #forks: Forks;
  readonly #failure: Failure;
  readonly #options: DoomOptions;
  readonly #points = new Map<number, DoomPoint>();
  #runs = 0;
  #isStopped = false;

  constructor(subject: ForkSubject, whole: Parent, failure: Failure, options: DoomOptions) {
    this.#subject = { ...subject, checks: subject.checks ?? checksForCause(failure.signature) };
    this.#parent = keptParent(cutParent(whole, failure.stepIndex + 1));
    this.#forks = new Forks(this.#subject, this.#parent);
    this.#failure = failure;
    this.#options = options;
  }

  close(): void {
    this.#forks.close();
  }

  async ask(): Promise<Doom> {
    const { isChanged = false } = this.#options;
    if (!isChanged) await requireFailing(this.#subject, this.#parent, this.#failure);
    if (!this.#subject.scenario) {
      const { scenario } = this.#parent.header;
      throw new ForkError(
        `The machine has no scenario ${JSON.stringify(scenario)}, whose draws could differ.`,
      );
    }
    const end = this.#parent.length;
    const count = Math.min(GRID, end);
    // Half of the runs are for the places that are added; a first look at all of the run comes before them.
    const { runsMax = DOOM_RUNS_MAX } = this.#options;
    const perPlace = Math.min(RUNS_PER_POINT_MAX, runsMax / (2 * count));
    for (let at = 0; at < count && !this.#isOver; at += 1) {
      await this.#estimate(Math.round((at * (end - 1)) / Math.max(1, count - 1)), perPlace);
    }
    // After the failing step, all runs have failed; of a changed machine, it is not known.
    if (!isChanged) {
      this.#points.set(end, { from: end, runs: 0, failed: 0, share: 1, low: 1, high: 1 });
    }
    for (let gap = this.#widestJump(); gap && !this.#isOver; gap = this.#widestJump()) {
      await this.#estimate(Math.floor((gap.from.from + gap.to.from) / 2));
    }
    return {
      failure: this.#failure,
      points: this.#sorted.filter(({ from }) => from < end),
      decidedAt: this.#decidedAt(),
      runs: this.#runs,
      isStopped: this.#isStopped,
    };
  }

  get #isOver(): boolean {
    const { runsMax = DOOM_RUNS_MAX } = this.#options;
    return this.#isStopped || this.#runs >= runsMax;
  }

  get #sorted(): readonly DoomPoint[] {
    return [...this.#points.values()].toSorted((one, other) => one.from - other.from);
  }

  /** Makes runs from a place until its share is known well enough. */
  async #estimate(from: number, runsMax = RUNS_PER_POINT_MAX): Promise<void> {
    let [runs, failed] = [0, 0];
    const { signature } = this.#failure;
    while (runs < runsMax && !this.#isOver) {
      for (let made = 0; made < BATCH; made += 1) {
        this.#isStopped = (await this.#options.isCancelled?.()) ?? false;
        if (this.#isStopped) return;
        // The same draws from every place: what differs is the past alone.
        runs += 1;
        this.#runs += 1;
        if (await this.#fails(from, signature, runs)) failed += 1;
      }
      const point = pointOf(from, runs, failed);
      this.#points.set(from, point);
      this.#options.onPoint?.(point, this.#runs);
      if (point.high - point.low <= 2 * HALF_WIDTH) return;
    }
  }

  async #fails(from: number, signature: string, seed: number): Promise<boolean> {
    const fork: Fork = { from, changes: [], goesOn: 'newDraws', seed: String(seed) };
    const { run } = await this.#forks.start(fork);
    const { step } = await driveToStep(run, ({ findings }) =>
      findings.some((found) => this.#isCause(signatureOf(found), signature)),
    );
    return step !== undefined;
  }

  #isCause(found: string, wanted: string): boolean {
    if (!this.#options.isChanged) return found === wanted;
    // An edit moves lines.
    return causeWithoutPlace(found) === causeWithoutPlace(wanted);
  }

  /** The two places furthest apart in their shares, of those that are not neighbouring steps. */
  #widestJump(): Jump | undefined {
    return widest(
      this.#jumps().filter(({ to, from }) => to.from - from.from > 1),
      (jump) => Math.abs(jump.by),
    );
  }

  /** The step that raised the share most, of those between whose places nothing else lies. */
  #decidedAt(): number | undefined {
    const steps = this.#jumps().filter(({ from, to, by }) => to.from - from.from === 1 && by > 0);
    return widest(steps, ({ by }) => by)?.from.from;
  }

  /** The neighbouring places whose shares differ beyond doubt. */
  #jumps(): readonly Jump[] {
    const sorted = this.#sorted;
    return sorted.flatMap((from, at) => {
      const to = sorted[at + 1];
      return to && areApart(from, to) ? [{ from, to, by: to.share - from.share }] : [];
    });
  }
}

/** Two neighbouring places, and how much the share rises between them. */
interface Jump {
  readonly from: DoomPoint;
  readonly to: DoomPoint;
  readonly by: number;
}

/** The first of the jumps that is the widest. */
function widest(jumps: readonly Jump[], width: (jump: Jump) => number): Jump | undefined {
  return jumps.toSorted((one, other) => width(other) - width(one))[0];
}

function areApart(one: DoomPoint, other: DoomPoint): boolean {
  return one.high < other.low || other.high < one.low;
}
