import {
  clampRange,
  extentOf,
  isVisible,
  revealRange,
  widthOf,
  zoomRange,
  type StepRange,
} from './viewport.ts';

/** How much more or less of the trace one command to zoom shows. */
const ZOOM_FACTOR = 2;

/** The visible range, in step coordinates (see `viewport.ts`). */
export interface TimelineViewSnapshot extends StepRange {
  /** The whole trace is shown, and goes on to be while it grows. */
  readonly isFitted: boolean;
  /** Whether the picture should glide to this range or is there at once. */
  readonly motion: 'jump' | 'glide';
}

/**
 * What part of the trace the timeline shows. It lives outside the component, so that commands can
 * drive it and so that it outlasts a timeline that is unmounted. The timeline sets the extent
 * and the cursor; everything else flows from here to the timeline.
 */
export class TimelineView {
  #snapshot: TimelineViewSnapshot = { ...extentOf(0), isFitted: true, motion: 'jump' };
  #run: object | undefined;
  #extent: StepRange = extentOf(0);
  #cursor = -1;
  /** What is shown as soon as the trace has come that far. */
  #awaited: StepRange | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly getSnapshot = (): TimelineViewSnapshot => this.#snapshot;

  /** Half as many steps, around the cursor if it is visible. */
  zoomIn(): void {
    this.#zoom(1 / ZOOM_FACTOR);
  }

  /** Twice as many steps, around the cursor if it is visible. */
  zoomOut(): void {
    this.#zoom(ZOOM_FACTOR);
  }

  /** The whole trace, from now on also as it grows. */
  fit(): void {
    this.show(this.#extent, 'glide');
  }

  /** Pans until a step is visible; the scale stays. */
  reveal(stepIndex: number): void {
    if (isVisible(this.#snapshot, stepIndex)) return;
    this.show(revealRange(this.#snapshot, stepIndex, this.#extent), 'glide');
  }

  /** Shows a range, as far as the trace has it. */
  show(range: StepRange, motion: 'jump' | 'glide' = 'jump'): void {
    this.#awaited = undefined;
    this.#show(range, motion);
  }

  /** Shows a range of the next run that is followed, when that has come so far and nothing else was shown. */
  await(range: StepRange): void {
    this.#awaited = range;
    this.#run = undefined;
  }

  #show(range: StepRange, motion: 'jump' | 'glide'): void {
    const clamped = clampRange(range, this.#extent);
    this.#set({ ...clamped, isFitted: widthOf(clamped) >= widthOf(this.#extent), motion });
  }

  /**
   * Takes over the length of the trace.
   *
   * @param run what stays the same object while a run grows; another one begins fitted.
   */
  follow(run: object, lengthSteps: number): void {
    const isOther = run !== this.#run;
    if (isOther && this.#run) this.#awaited = undefined;
    this.#run = run;
    this.#extent = extentOf(lengthSteps);
    if (this.#awaited && this.#awaited.endAt <= this.#extent.endAt) this.show(this.#awaited);
    else if (isOther || this.#snapshot.isFitted) this.#show(this.#extent, 'jump');
    else this.show(this.#snapshot);
  }

  /** Takes over the cursor, and follows it when it left the visible range. */
  moveCursor(stepIndex: number): void {
    this.#cursor = stepIndex;
    this.reveal(stepIndex);
  }

  get extent(): StepRange {
    return this.#extent;
  }

  #zoom(factor: number): void {
    const { startAt, endAt } = this.#snapshot;
    const isCursorShown = isVisible(this.#snapshot, this.#cursor);
    const anchorAt = isCursorShown ? this.#cursor + 0.5 : (startAt + endAt) / 2;
    const zoomed = zoomRange(this.#snapshot, anchorAt, factor, this.#extent);
    // Near an edge, the cell of the cursor's step grows beyond it.
    this.show(isCursorShown ? revealRange(zoomed, this.#cursor, this.#extent) : zoomed, 'glide');
  }

  #set(next: TimelineViewSnapshot): void {
    const { startAt, endAt, isFitted } = this.#snapshot;
    const isSame = next.startAt === startAt && next.endAt === endAt && next.isFitted === isFitted;
    if (isSame) return;
    this.#snapshot = next;
    for (const listener of this.#listeners) listener();
  }
}
