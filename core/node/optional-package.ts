import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ProblemError } from '../problem.ts';
import { codeOf, messageOf } from '../thrown.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** A package that is installed only by those who need it: an optional peer in package.json. */
export type OptionalPackage = '@electric-sql/pglite' | '@sqlite.org/sqlite-wasm' | 'pg';

/**
 * Loads what an optional package is needed for.
 *
 * @param purpose begins the sentence "… needs …, which is not installed".
 * @param needed the packages without which the purpose fails, the imported one among them.
 * @throws {ProblemError} when one of them is not installed, with the command that installs it.
 */
export async function loadOptional<T>(
  purpose: string,
  needed: readonly OptionalPackage[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing = needed.filter((name) => isMissing(name, error));
    if (missing.length === 0) throw error;
    throw new ProblemError(
      {
        title: `${purpose} needs ${missing.join(' and ')}, which is not installed.`,
        remedy: `Install it beside the machine: npm install -D ${needed.map(installable).join(' ')}`,
      },
      { cause: error },
    );
  }
}

/** Whether an import failed because of this package, and not of one that it imports itself. */
function isMissing(name: OptionalPackage, error: unknown): boolean {
  const code = codeOf(error);
  const isNotFound = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return isNotFound && messageOf(error).includes(`'${name}'`);
}

/** The package as npm takes it, in the versions that ours works with. */
function installable(name: OptionalPackage): string {
  const { peerDependencies } = manifestIn(PACKAGE_ROOT);
  const range = peerDependencies?.[name] ?? '*';
  return range === '*' ? name : `"${name}@${range}"`;
}

/** The version of an optional package that is installed, or `any` where it does not say. */
export function installedVersion(name: OptionalPackage): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  while (dirname(folder) !== folder) {
    const manifest = manifestIn(folder);
    if (manifest.name === name) return manifest.version ?? 'any';
    folder = dirname(folder);
  }
  return 'any';
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestIn(folder: string): Manifest {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
}
