import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { foldersAbove } from '../load/source-files.ts';
import { IS_CHECKOUT, PACKAGE_ROOT } from '../package-root.ts';

/** The Phasmoscope that runs: where it lies, whether that is its checkout, and its version. */
export interface OwnPackage {
  readonly root: string;
  readonly isCheckout: boolean;
  readonly version: string;
}

const projectSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/**
 * Returns how the package.json of a new folder depends on Phasmoscope so that the Phasmoscope that runs can be
 * installed there: from its checkout, or as the project does that it is installed in. Without such a
 * project, as in a global installation, nobody knows where it came from: its folder itself is named.
 *
 * @param folder the new folder, absolute; it need not exist yet.
 */
export async function ownDependency(
  folder: string,
  { root, isCheckout, version }: OwnPackage,
): Promise<string> {
  if (isCheckout) return fileSpec(folder, root);
  for (const above of foldersAbove([dirname(folder), dirname(root)])) {
    const spec = await specIn(above);
    if (spec === undefined) continue;
    const path = pathOf(spec);
    if (path !== undefined) return fileSpec(folder, resolve(above, path));
    // Another protocol, such as a git repository, means the same everywhere; a range need not be that old.
    return /^[a-z+]+:|\//i.test(spec) ? spec : `^${version}`;
  }
  return fileSpec(folder, root);
}

/** {@link OwnPackage} of this process. */
export function ownPackage(version: string): OwnPackage {
  return { root: PACKAGE_ROOT, isCheckout: IS_CHECKOUT, version };
}

/** How a project depends on Phasmoscope, if it does. */
async function specIn(folder: string): Promise<string | undefined> {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    const project = projectSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { ...project.optionalDependencies, ...project.devDependencies, ...project.dependencies }[
      'phasmoscope'
    ];
  } catch {
    // It is not ours to say what is wrong with it; npm does.
    return undefined;
  }
}

/** The path that a dependency names, as npm distinguishes it from versions and addresses. */
function pathOf(spec: string): string | undefined {
  const [, path] = /^(?:file|link|portal):(?:\/\/(?=\/))?(.*)$/.exec(spec) ?? [];
  if (path !== undefined) return path;
  return /^(?:\.\.?|~)?[/\\]|\.(?:tgz|tar|tar\.gz)$/.test(spec) && !/^[a-z+]+:\/\//i.test(spec)
    ? spec
    : undefined;
}

function fileSpec(folder: string, target: string): string {
  const path = relative(folder, target);
  // On another drive of Windows.
  return `file:${(isAbsolute(path) ? target : path).split(sep).join('/')}`;
}
