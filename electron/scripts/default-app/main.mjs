import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
/**
 * @file Replaces Electron's default app, which the fallback Electron lacks: it takes an app's folder
 * from the arguments and starts that app under its own name.
 */
import { app } from 'electron';

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  process.stderr.write('No app to start: give its folder as the first argument.\n');
  app.exit(1);
} else {
  const appPath = resolve(folder);
  const { name, productName, version, main } = JSON.parse(
    readFileSync(join(appPath, 'package.json'), 'utf8'),
  );
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  app.setName(productName ?? name);
  // Electron keeps these two for its default app and leaves them out of its types.
  const internals = /** @type {Record<'setAppPath' | 'setVersion', (value: string) => void>} */ (
    /** @type {unknown} */ (app)
  );
  internals.setAppPath(appPath);
  internals.setVersion(version);
  // Awaited, because Electron becomes ready only when its entry point has run to the end, and
  // schemes must be registered before that.
  await import(pathToFileURL(join(appPath, main)).href);
}
