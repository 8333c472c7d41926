/** @file `npm run fuzz [-- --seed S --mutants N]`: opens mutations of real traces of every sample. */
import { esbuildOptions } from './build/esbuild-options.mjs';
import { ensurePackages } from './packages.mjs';
import { runTask, run } from './run.mjs';

await runTask(async () => {
  await ensurePackages();
  const esbuild = await import('esbuild');
  const out = 'dist/fuzz.mjs';
  const entry = 'core/node/fuzz/main.ts';
  await esbuild.build(esbuildOptions({ entry, out, kind: 'module' }));
  const args = ['--enable-source-maps', out, ...process.argv.slice(2)];
  return (await run(process.execPath, args)).exitCode;
});
