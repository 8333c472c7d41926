import type { OpenRecording, StepCount } from '../files/signs-of-life.ts';

/** What the thread of the command line says to the main thread. */
export type ThreadMessage =
  /** A machine file is being evaluated, or no longer. */
  | { readonly kind: 'loading'; readonly isLoading: boolean }
  /** A run begins, which may stand still. */
  | { readonly kind: 'steps'; readonly shared: StepCount }
  /** A run is being recorded, or no longer. */
  | { readonly kind: 'recording'; readonly open: OpenRecording | undefined }
  /** The command line was asked to serve agents, which is the main thread's to do. */
  | { readonly kind: 'serving'; readonly folders: readonly string[] }
  /** How far a long task has come, in words. */
  | { readonly kind: 'progress'; readonly text: string }
  /** It was asked to stop, and will end with the results that it has. */
  | { readonly kind: 'stopping' }
  /** It has said all, and ends. What a machine has left to be done then may not take long. */
  | { readonly kind: 'ending'; readonly exitCode: number }
  /** A file is being written that must not stay behind, or no longer. */
  | { readonly kind: 'half'; readonly path: string; readonly exists: boolean };

/** What the main thread sends to it. */
export interface Interruption {
  readonly kind: 'interrupt';
}
