import { statSync, type Stats } from 'node:fs';

/**
 * What the file system says of a path that a person or a program gave; `undefined` when it leads to nothing
 * that can be looked at: it does not exist, is a link that leads in a circle, or its name is too long.
 * Opening it reports which.
 */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
