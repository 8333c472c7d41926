import { ProblemError, type Problem } from '../../problem.ts';
import { countsAsFailure, type UntilFailure } from '../../sweep/mend.ts';
import type { BrokenSeed, SweepGroup } from '../../sweep/report.ts';
import { addParts, NOTHING_SWEPT, type SweepPart } from '../../sweep/seed-check.ts';
import type { Sought } from '../../sweep/sought.ts';
import { addBroken } from '../../sweep/sums.ts';
import { TIME_LIMIT_MS } from '../../text/quantities.ts';
import { addSwept, type SweptCode } from '../coverage/swept-code.ts';
import { WatchedThreads } from '../hang/watched-threads.ts';
import { ErrandQueue, type PlacedErrand } from './errand-queue.ts';
import { seedAt, SeedQueue, seedsOfShard, type SeedBatch, type SeedRange } from './seed-queue.ts';
import { SweepThread, type ThreadOwner } from './sweep-thread.ts';
import type { Errand, ErrandResult, SweepSettings, WorkerMessage } from './worker-contract.ts';

/** A worker whose step was not even ended this long after its time limit is given up. */
const GRACE_MS = 3_000;
const LOOK_MS = 100;
/** The intended duration of a batch: findings are reported, and the time is checked, after each. */
const BATCH_MS = 250;
const BATCH_SEEDS_MAX = 2_000;
/** After this many broken threads and hanging seeds, the machine most likely breaks at every seed: the sweep ends. */
const DEATHS_MAX = 100;
/** A machine must not use up all memory. */
const WORKER_MB_MAX = 2_048;

/** What to sweep. */
export interface SweepPlan extends SeedRange {
  /** The path of the machine file. */
  readonly path: string;
  /** The hash of the source that is meant: a machine that has changed since is not run. By default, any is. */
  readonly sourceHash?: string;
  readonly settings: SweepSettings;
  readonly timeBudgetMs?: number;
  /** Ends the sweep at the first seed that fails; the findings so far are kept. */
  readonly until?: UntilFailure;
  /** The finding that is asked about: others, and seeds that were saved for them, do not count. */
  readonly sought?: Sought;
  readonly workers: number;
  /** Whether the workers give way to everything else on the computer, such as a window. */
  readonly isPolite?: boolean;
  /** The memory limit of each worker; 2 GB by default. */
  readonly memoryMbMax?: number;
  /**
   * How long a worker may take without completing a step before it is given up. By default, longer than
   * a step may take: one that takes longer is a finding.
   */
  readonly hangMs?: number;
}

/** The progress of a sweep. */
export interface SweepProgress {
  readonly elapsedMs: number;
  /** The number of seeds done, and of all seeds, if that is known. */
  readonly seeds: number;
  readonly seedsMax?: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  /**
   * The findings of the seeds that are done. What only seeds under way have found so far is counted in no seed: it
   * is counted when they are done, so that the counts and the number of seeds are of the same moment.
   */
  readonly part: SweepPart;
  /** The smallest broken seeds, and the number of further ones. */
  readonly broken: BrokenSeed[];
  readonly brokenMore: number;
  /** The number of errands without a result. */
  readonly errandsLeft: number;
}

/** The result of a sweep. */
export interface SweepOutcome extends SweepProgress {
  readonly isCancelled: boolean;
  /** Whether it ended at a seed that fails, see {@link SweepPlan.until}. */
  readonly endedAtFailure: boolean;
  /** The code that the seeds executed, if that was watched. */
  readonly code?: SweptCode;
  /** One for each errand, in their order. */
  readonly errandResults: readonly ErrandResult[];
}

type Task =
  | { readonly kind: 'sweep'; readonly batch: SeedBatch }
  | ({ readonly kind: 'errand' } & PlacedErrand);

type Thread = SweepThread<Task>;

const CHANGED: Problem = {
  title: 'The machine has changed since it was swept.',
  remedy: 'Sweep again.',
};

const NONE_BROKEN: Pick<SweepProgress, 'broken' | 'brokenMore'> = { broken: [], brokenMore: 0 };

/**
 * Runs errands and then the seeds of a plan on worker threads. If a machine hangs or ends its thread,
 * the seed or errand at that time is lost; the rest of the batch is run again.
 */
export class SweepPool {
  readonly #plan: SweepPlan;
  readonly #onProgress: (progress: SweepProgress) => void;
  readonly #threads = new Set<Thread>();
  readonly #watched = new WatchedThreads();
  readonly #startMs = performance.now();
  readonly #errands: ErrandQueue;
  readonly #seeds: SeedQueue;
  #part = NOTHING_SWEPT;
  #code: SweptCode | undefined;
  #broken = NONE_BROKEN;
  #deaths = 0;
  #steps = 0;
  #batchSeeds = 1;
  #isStopping = false;
  #isCancelled = false;
  #endedAtFailure = false;
  #watch: NodeJS.Timeout | undefined;
  #finish:
    | { resolve: (outcome: SweepOutcome) => void; reject: (error: unknown) => void }
    | undefined;

  /** @param onResult is given the results of errands as they come. */
  constructor(
    plan: SweepPlan,
    onProgress: (progress: SweepProgress) => void = () => {},
    errands: readonly Errand[] = [],
    onResult: (index: number, result: ErrandResult) => void = () => {},
  ) {
    this.#plan = plan;
    this.#onProgress = onProgress;
    this.#errands = new ErrandQueue(errands, onResult);
    this.#seeds = new SeedQueue(plan);
  }

  /**
   * Runs all seeds, or until {@link cancel}.
   *
   * @throws {ProblemError} when the machine cannot be loaded, or is not the one that is meant.
   */
  run(): Promise<SweepOutcome> {
    return new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
      const tasks = this.#errands.length + this.#seeds.length;
      const workers = Math.min(this.#plan.workers, Math.max(1, tasks));
      for (let started = 0; started < workers; started += 1) this.#hire();
      this.#watch = setInterval(() => this.#look(), LOOK_MS);
    });
  }

  /** Stops at the next opportunity; the findings are kept. */
  cancel(): void {
    this.#isCancelled = true;
    this.#stop();
  }

  get progress(): SweepProgress {
    const elapsedMs = performance.now() - this.#startMs;
    let steps = this.#steps;
    let part = this.#part;
    for (const { task, steps: done, reported } of this.#threads) {
      if (task?.kind !== 'sweep') continue;
      steps += done;
      if (reported.length > 0)
        part = addParts(part, { ...NOTHING_SWEPT, groups: reported.map(uncounted) });
    }
    const seedsMax = this.#plan.count === undefined ? undefined : seedsOfShard(this.#plan);
    return {
      elapsedMs,
      seeds: part.seeds,
      ...(seedsMax === undefined ? {} : { seedsMax }),
      steps,
      stepsPerSecond: elapsedMs > 0 ? Math.round(steps / (elapsedMs / 1000)) : 0,
      part,
      ...this.#broken,
      errandsLeft: this.#errands.left,
    };
  }

  #hire(): void {
    const { path, settings, isPolite = false, memoryMbMax = WORKER_MB_MAX } = this.#plan;
    const start = { path, settings, isPolite, memoryMbMax, hangMs: this.#hangMs };
    const owner: ThreadOwner<Task> = {
      receive: (from, message) => this.#receive(from, message),
      lose: (lost, reason) => this.#dismiss(lost, reason),
    };
    const thread: Thread = new SweepThread<Task>(start, owner, this.#watched);
    this.#threads.add(thread);
  }

  #receive(thread: Thread, message: WorkerMessage): void {
    // A late message of a thread that was given up: its batch is run again by another thread.
    if (!this.#threads.has(thread)) return;
    switch (message.kind) {
      case 'ready':
        this.#begin(thread, message);
        break;
      case 'failed':
        // What was stopped before it began has failed at nothing.
        if (this.#isCancelled) this.#dismiss(thread, message.problem.title);
        else this.#fail(new ProblemError(message.problem));
        break;
      case 'broke':
        this.#dismiss(thread, `it ${message.reason}`);
        break;
      case 'found':
        thread.reported.push(message.group);
        this.#endAtFailure(message.group.signature);
        break;
      case 'swept':
        this.#take(thread, message);
        break;
      case 'ran':
        this.#code = addSwept(this.#code, message.code);
        if (thread.task?.kind === 'errand') this.#keepResult(thread.task, message.result);
        this.#give(thread);
        break;
    }
  }

  #begin(thread: Thread, { sourceHash, answerMsMax }: WorkerMessage & { kind: 'ready' }): void {
    thread.noteReady(answerMsMax);
    const meant = this.#plan.sourceHash ?? sourceHash;
    if (sourceHash === meant || this.#isStopping) this.#give(thread);
    else this.#fail(new ProblemError(CHANGED));
  }

  #take(thread: Thread, { part, done, broken, code }: WorkerMessage & { kind: 'swept' }): void {
    const { task, tookMs } = thread;
    thread.noteDone();
    this.#part = addParts(this.#part, part);
    this.#code = addSwept(this.#code, code);
    this.#addBroken(broken);
    this.#steps += part.steps;
    this.#deaths += hangsIn(part);
    if (this.#deaths >= DEATHS_MAX) this.cancel();
    if (done > 0 && tookMs > 0) {
      const wanted = Math.round((done / tookMs) * BATCH_MS);
      this.#batchSeeds = Math.max(1, Math.min(BATCH_SEEDS_MAX, wanted));
    }
    if (task?.kind === 'sweep') this.#seeds.putBack(task.batch, done);
    this.#give(thread);
  }

  #give(thread: Thread): void {
    const task = this.#isStopping ? undefined : this.#nextTask();
    if (!task) {
      this.#threads.delete(thread);
      thread.end();
      if (this.#threads.size === 0) this.#end();
      return;
    }
    thread.begin(task, task.kind === 'sweep' ? task : task.errand);
  }

  #nextTask(): Task | undefined {
    const errand = this.#errands.draw();
    if (errand) return { kind: 'errand', ...errand };
    const batch = this.#seeds.draw(this.#batchSeeds);
    return batch && { kind: 'sweep', batch };
  }

  /** A thread is gone or hangs: its current seed or errand is to blame. */
  #dismiss(thread: Thread, reason: string): void {
    if (!this.#threads.delete(thread)) return;
    thread.end();
    const { task } = thread;
    if (this.#isStopping) {
      // A thread that was busy when it had to stop is not to blame.
      if (task?.kind === 'sweep') this.#keep(thread.reported);
      if (this.#threads.size === 0) this.#end();
      return;
    }
    if (!task) {
      if (thread.isReady) return;
      const title = `The machine could not be swept: while it was loaded, ${reason}.`;
      this.#fail(new ProblemError({ title, remedy: 'Correct the machine file, and sweep again.' }));
      return;
    }
    this.#blame(thread, task, `The machine file is to blame: ${reason}.`);
    // Saved seeds are known to break the machine, and say nothing about the others.
    if (task.kind === 'sweep') this.#deaths += 1;
    if (this.#deaths < DEATHS_MAX) {
      this.#hire();
      return;
    }
    this.cancel();
    if (this.#threads.size === 0) this.#end();
  }

  #blame({ position, reported }: Thread, task: Task, reason: string): void {
    if (task.kind === 'errand') {
      this.#keepResult(task, { kind: 'broken', reason });
      return;
    }
    const { batch } = task;
    const seed = seedAt(batch, position).toString();
    const found = reported.filter((group) => group.seed === seed);
    // A hang that was found already is not a second defect of the seed.
    if (!found.some(({ kind }) => kind === 'hang')) this.#addBroken([{ seed, reason }]);
    this.#keep(found);
    // The results of earlier seeds of the batch are lost with the thread: these seeds run again.
    this.#seeds.putBack(batch, 0, position);
    this.#seeds.putBack(batch, position + 1);
  }

  #keepResult({ index, errand }: PlacedErrand, result: ErrandResult): void {
    this.#errands.keep(index, result);
    const isFailure = result.kind === 'fails' || result.kind === 'broken';
    if (isFailure && errand.kind === 'try') this.#endAtFailure(errand.regression.signature);
  }

  /** @param signature of the cause; none of a seed that broke the machine, which always counts. */
  #endAtFailure(signature?: string): void {
    const { until } = this.#plan;
    if (!until || (signature !== undefined && !countsAsFailure(until, signature))) return;
    this.#endedAtFailure = true;
    this.#stop();
  }

  #addBroken(broken: readonly BrokenSeed[]): void {
    if (broken.length === 0) return;
    this.#endAtFailure();
    this.#broken = addBroken(this.#broken, { broken: [...broken], brokenMore: 0 });
  }

  /** Keeps findings that seeds reported before their end, which will not be reported again. */
  #keep(groups: readonly SweepGroup[]): void {
    this.#part = addParts(this.#part, partOf(groups));
  }

  #look(): void {
    const nowMs = performance.now();
    for (const thread of this.#threads) {
      const problem = thread.problemAt(nowMs, this.#isStopping);
      if (problem !== undefined) this.#dismiss(thread, problem);
    }
    const { timeBudgetMs } = this.#plan;
    if (timeBudgetMs !== undefined && nowMs - this.#startMs >= timeBudgetMs) this.#stop();
    this.#onProgress(this.progress);
  }

  get #hangMs(): number {
    const { hangMs, settings } = this.#plan;
    return hangMs ?? (settings.timeLimitMs ?? TIME_LIMIT_MS) + GRACE_MS;
  }

  #stop(): void {
    this.#isStopping = true;
    for (const thread of this.#threads) thread.stop();
  }

  #end(): void {
    this.#endWatch();
    this.#finish?.resolve({
      ...this.progress,
      isCancelled: this.#isCancelled,
      endedAtFailure: this.#endedAtFailure,
      ...(this.#code ? { code: this.#code } : {}),
      errandResults: this.#errands.results,
    });
    this.#finish = undefined;
  }

  #endWatch(): void {
    clearInterval(this.#watch);
    this.#watched.close();
  }

  #fail(error: ProblemError): void {
    this.#endWatch();
    for (const thread of this.#threads) thread.end();
    this.#threads.clear();
    this.#finish?.reject(error);
    this.#finish = undefined;
  }
}

/** The number of seeds that ended with a step that did not. */
function hangsIn({ groups }: SweepPart): number {
  return groups.reduce((sum, { kind, count }) => sum + (kind === 'hang' ? count : 0), 0);
}

/** A finding of a seed under way, which is counted in no seed yet. */
function uncounted({ failing: _, ...group }: SweepGroup): SweepGroup {
  return { ...group, count: 0 };
}

/** The findings that seeds reported before their end. */
function partOf(groups: readonly SweepGroup[]): SweepPart {
  const unfinished = Math.max(1, new Set(groups.map(({ seed }) => seed)).size);
  return { ...NOTHING_SWEPT, unfinished, groups };
}
