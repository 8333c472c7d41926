import { failedSeedsIn } from '../../sweep/mend.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { formatPlural } from '../../text/quantities.ts';
import type { OnSources } from '../load/source-files.ts';
import { SourceWatch } from '../load/source-watch.ts';
import { printLine, style } from '../report/print.ts';
import type { Regression } from '../sweep/regressions.ts';
import { cancelOnInterrupt } from './interrupt.ts';
import { EXIT, refuse, type ExitCode } from './output.ts';

/** The part that a single sweep plays while the machine is edited and swept again and again. */
export interface Round {
  /** The seeds that failed before: they are tried first. */
  readonly failed?: readonly Regression[];
  readonly onSources?: OnSources;
  /** Is given what ends the part of it early that begins: the sweep, or what is done about its findings. */
  readonly onPhase?: (cancel: () => void) => void;
}

/** What came of such a sweep. */
export interface SweptRound {
  readonly report: SweepReport;
  readonly exitCode: ExitCode;
}

/**
 * Sweeps, and again whenever the sources of the machine change, until the command is interrupted. A sweep
 * that is under way then ends early. A machine that cannot be loaded is waited for.
 *
 * @returns the exit code of the last sweep.
 */
export async function sweepWhileEdited(
  path: string,
  sweep: (round: Round) => Promise<SweptRound>,
): Promise<ExitCode> {
  const news = new News();
  const watch = new SourceWatch(path, () => news.change());
  let exitCode: ExitCode = EXIT.done;
  let failed: readonly Regression[] = [];
  const rounds = async () => {
    while (!news.isOver) {
      news.begin();
      const onPhase = (cancel: () => void) => news.onNews(cancel);
      const onSources: OnSources = (sources) => watch.follow(sources);
      const swept = await sweep({ failed, onSources, onPhase }).catch((error: unknown) => {
        exitCode = refuse(error, false);
      });
      if (swept) {
        ({ exitCode } = swept);
        // What a sweep that ended early did not come to may fail still.
        failed = failedFirst(swept.report, swept.report.isCancelled ? failed : []);
      }
      if (news.isOver) return;
      printLine(style.dim('Waiting for changes; Ctrl-C ends.'));
      await news.wait();
      const first =
        failed.length === 0 ? '' : `, ${formatPlural(failed.length, 'failed seed')} first`;
      if (!news.isOver) printLine(style.bold(`\u2500\u2500 Changed: sweeping again${first}`));
    }
  };
  await cancelOnInterrupt(rounds(), () => news.end()).finally(() => watch.close());
  return exitCode;
}

/** The examples of a report as seeds to be tried first, after those that were known before. */
function failedFirst(report: SweepReport, before: readonly Regression[]): readonly Regression[] {
  const examples = failedSeedsIn(report, ({ seed }) => [seed]);
  const known = new Set(examples.map(({ signature }) => signature));
  return [
    ...examples.map((example): Regression => ({ ...example, seed: BigInt(example.seed) })),
    ...before.filter(({ signature }) => !known.has(signature)),
  ];
}

/** Whether something has changed since a round began, or the command is to end. */
class News {
  isOver = false;
  #isChanged = false;
  #wake: (() => void) | undefined;

  begin(): void {
    this.#isChanged = false;
    this.#wake = undefined;
  }

  /** Calls back at once if there are news already. */
  onNews(listener: () => void): void {
    this.#wake = listener;
    if (this.#isChanged || this.isOver) listener();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.onNews(resolve));
  }

  change(): void {
    this.#isChanged = true;
    this.#wake?.();
  }

  end(): void {
    this.isOver = true;
    this.#wake?.();
  }
}
