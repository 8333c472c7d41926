/** @file `npm run bench [-- PART OF A NAME]`: runs the benchmarks of core/bench/ one by one. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { esbuildOptions } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { ROOT } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';

const FOLDER = 'core/bench';
const SUFFIX = '.bench.ts';

/** @param {string} filter @returns {string[]} names without suffix */
function findBenches(filter) {
  const files = existsSync(join(ROOT, FOLDER)) ? readdirSync(join(ROOT, FOLDER)) : [];
  const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => basename(file, SUFFIX));
  const chosen = names.filter((name) => name.includes(filter)).toSorted();
  if (chosen.length === 0) {
    const choices = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
    throw new TaskError(`No benchmark in ${FOLDER}/ has "${filter}" in its name; ${choices}.`);
  }
  return chosen;
}

/**
 * One after another, each in a process of its own: they measure time and memory.
 * @param {string} name
 */
async function runBench(name) {
  const esbuild = await import('esbuild');
  const out = `dist/bench/${name}.mjs`;
  const entry = `${FOLDER}/${name}${SUFFIX}`;
  await esbuild.build(esbuildOptions({ entry, out, format: 'esm', packagesIncluded: false }));
  say(`\n${name}`);
  const { exitCode } = await run(process.execPath, ['--expose-gc', '--enable-source-maps', out]);
  return exitCode;
}

await runTask(async () => {
  await ensurePackages();
  let failures = 0;
  for (const name of findBenches(process.argv[2] ?? '')) {
    if ((await runBench(name)) !== 0) failures += 1;
  }
  return failures === 0 ? 0 : 1;
});
