import type { BuildFailure, Message } from 'esbuild';
import { isInstance } from '../../thrown.ts';

/** What esbuild found wrong with a source; nothing where a build has failed for another reason. */
export function errorsOfBuild(error: unknown): readonly Message[] {
  return isBuildFailure(error) ? error.errors : [];
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return isInstance(error, Error) && 'errors' in error && Array.isArray(error.errors);
}
