/** @file `npm run bench [-- PART OF A NAME]`: runs the benchmarks, one by one. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from './build.mjs';
import { esbuildOptions } from './build/esbuild-options.mjs';
import { withDisplay } from './display.mjs';
import { electronEnvironment } from './launch.mjs';
import { ROOT } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';
import { setUp } from './setup.mjs';

/** The folders of benchmarks: those of the engine, and that of the real window. */
const FOLDERS = ['core/bench', 'e2e'];
const SUFFIX = '.bench.ts';

/** @param {string} filter @returns {string[]} entry files */
function findBenches(filter) {
  const entries = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith(SUFFIX))
      .toSorted()
      .map((file) => `${folder}/${file}`),
  );
  const chosen = entries.filter((entry) => basename(entry, SUFFIX).includes(filter));
  if (chosen.length === 0) {
    const names = entries.map((entry) => basename(entry, SUFFIX)).join(', ');
    throw new TaskError(`No benchmark has "${filter}" in its name; there are ${names}.`);
  }
  return chosen;
}

/**
 * Runs benchmarks one after another, each in a separate process: they measure time and memory.
 * @param {string} entry
 * @param {NodeJS.ProcessEnv} env
 */
async function runBench(entry, env) {
  const esbuild = await import('esbuild');
  const name = basename(entry, SUFFIX);
  const out = `dist/bench/${name}.mjs`;
  // As what is shipped: constants stand in the code. Names are kept, for profiles.
  await esbuild.build({ ...esbuildOptions({ entry, out, kind: 'module' }), minifySyntax: true });
  say(`\n${name}`);
  const args = ['--expose-gc', '--enable-source-maps', out];
  const { exitCode } = await run(process.execPath, args, { env });
  return exitCode;
}

await runTask(async () => {
  const benches = findBenches(process.argv[2] ?? '');
  const electron = await setUp();
  await build('window');
  return withDisplay(async (display) => {
    const env = electronEnvironment(display, { PHASMOSCOPE_ELECTRON: electron });
    let failures = 0;
    for (const entry of benches) if ((await runBench(entry, env)) !== 0) failures += 1;
    return failures === 0 ? 0 : 1;
  });
});
