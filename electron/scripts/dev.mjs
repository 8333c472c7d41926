/**
 * @file `npm run dev [-- FILE]`: the renderer reloads in place as it is edited, and Electron
 * restarts when its main or preload script changes. Closing the window ends it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { WINDOW_BUNDLES, existingBundles } from './build/bundles.mjs';
import { esbuildOptions } from './build/esbuild-options.mjs';
import { withDisplay } from './display.mjs';
import { electronArguments, electronEnvironment, userFolder } from './launch.mjs';
import { ROOT } from './paths.mjs';
import { runTask, say } from './run.mjs';
import { setUp } from './setup.mjs';

/** A changed host script needs no restart: the app starts a new host for each machine it opens. */
const RESTARTING = new Set(['electron/main/main.ts', 'electron/main/preload.ts']);

async function startRendererServer() {
  const vite = await import('vite');
  const server = await vite.createServer({ configFile: join(ROOT, 'renderer/vite.config.ts') });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('vite has no local address');
  return { url, stop: () => server.close() };
}

/**
 * Builds the scripts of Electron now and whenever they change.
 * @param {() => void} onRestartNeeded
 */
async function watchBundles(onRestartNeeded) {
  const esbuild = await import('esbuild');
  const contexts = await Promise.all(
    existingBundles(WINDOW_BUNDLES).map((bundle) => {
      const options = esbuildOptions(bundle);
      const plugins = [...(options.plugins ?? []), notifier(bundle.entry)];
      return esbuild.context({ ...options, plugins });
    }),
  );
  await Promise.all(contexts.map((context) => context.rebuild()));
  await Promise.all(contexts.map((context) => context.watch()));
  return () => Promise.all(contexts.map((context) => context.dispose()));

  /** @param {string} entry @returns {import('esbuild').Plugin} */
  function notifier(entry) {
    // The first two builds are those of rebuild() and of watch() itself.
    let builds = 0;
    return {
      name: 'restart-electron',
      setup: (build) =>
        build.onEnd(({ errors }) => {
          builds += 1;
          if (builds > 2 && errors.length === 0 && RESTARTING.has(entry)) onRestartNeeded();
        }),
    };
  }
}

/**
 * Keeps one Electron running.
 * @param {string} electron @param {readonly string[]} args @param {NodeJS.ProcessEnv} env
 */
function keepElectron(electron, args, env) {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  /** @type {(exitCode: number) => void} */
  let finish;
  const ended = new Promise((/** @type {(exitCode: number) => void} */ resolve) => {
    finish = resolve;
  });
  const start = () => {
    const started = spawn(electron, electronArguments(args), {
      cwd: userFolder(),
      env,
      stdio: 'inherit',
    });
    started.on('exit', (exitCode) => {
      if (started === child) finish(exitCode ?? 1);
    });
    child = started;
  };
  const restart = () => {
    say('Electron restarts, because its scripts changed.');
    const previous = child;
    start();
    previous.kill();
  };
  start();
  process.on('exit', () => child.kill());
  return { ended, restart };
}

await runTask(async () => {
  const electron = await setUp();
  const renderer = await startRendererServer();
  let restart = () => {};
  const stopWatching = await watchBundles(() => restart());
  const exitCode = await withDisplay((display) => {
    const env = electronEnvironment(display, { PHASMOSCOPE_DEV_URL: renderer.url });
    const window = keepElectron(electron, process.argv.slice(2), env);
    restart = window.restart;
    return window.ended;
  });
  await Promise.all([renderer.stop(), stopWatching()]);
  return exitCode;
});
