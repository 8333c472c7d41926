import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Bundles and writes the files. Another process may load one at the same moment, so it never sees half of
 * it.
 *
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<readonly string[]>} the files that were written
 */
export async function writeOutput(options) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({ ...options, write: false });
  for (const { path, contents } of outputFiles ?? []) {
    const temporary = `${path}.${process.pid}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
  return (outputFiles ?? []).map(({ path }) => path);
}
