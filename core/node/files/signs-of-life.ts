/**
 * @file What a thread that runs machines reports to whoever watches it from another thread, before it does
 * something that it may never come back from.
 */

/** Receives the signs; by default nobody does. */
export interface Watcher {
  /** A machine file is being bundled with all that it imports, or none is any longer. */
  bundling(path: string | undefined): void;
  /** A machine file is being evaluated, or no longer. */
  loading(isLoading: boolean): void;
  /** A file is being written under a name of its own, or no longer: it must not stay behind. */
  half(path: string, exists: boolean): void;
  /** A run begins, which may stand still. */
  steps(shared: StepCount): void;
  /** A run is being recorded, or no longer: its steps must not be lost. */
  recording(open: OpenRecording | undefined): void;
  /** The process is to become a server for agents, for these folders. */
  serving(folders: readonly string[]): void;
  /** How far a long task has come, in words. */
  progress(text: string): void;
}

/** The trace of a run that is not over. */
export interface OpenRecording {
  /** The file as it was asked for. */
  readonly path: string;
  /** The same file without links. */
  readonly target: string;
  /** What it is until it is whole. */
  readonly half: string;
  /** The journal, which has the lines until then as plain text. */
  readonly part: string;
}

/** Shared memory: the number of finished steps, and whether the next one is awaited (1) or not (0). */
export type StepCount = Int32Array<SharedArrayBuffer>;

const NOBODY: Watcher = {
  bundling() {},
  loading() {},
  half() {},
  steps() {},
  recording() {},
  serving() {},
  progress() {},
};
let watcher = NOBODY;

/** Sets the receiver of this thread's signs, of those that it names. */
export function watchThread(by: Partial<Watcher>): void {
  watcher = { ...NOBODY, ...by };
}

/** The signs of this thread. */
export const signs: Watcher = {
  bundling: (path) => watcher.bundling(path),
  loading: (isLoading) => watcher.loading(isLoading),
  half: (path, exists) => watcher.half(path, exists),
  steps: (shared) => watcher.steps(shared),
  recording: (open) => watcher.recording(open),
  serving: (folders) => watcher.serving(folders),
  progress: (text) => watcher.progress(text),
};
