import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { UserCache } from './user-cache.ts';

const CODE_BYTES_MAX = 64 * 1024 * 1024;
/** A process that is killed, as hosts are, keeps the code if it lives this long. */
const KEPT_AFTER_MS = 5_000;

/** What a script evaluates to. The names of the parameters are those that it uses. */
type Start = (
  require: NodeJS.Require,
  __filename: string,
  /** Instead of `import()`: V8 forgets what one in kept code belongs to, and would refuse it. */
  importModule: (name: string) => Promise<unknown>,
) => void;

/**
 * Runs a script with the code that V8 compiled when it ran last, which takes a fraction of
 * the time of compiling it again. Node 22 has `module.enableCompileCache` for this; Node 20 has not.
 *
 * @param path of the script, which is ASCII and evaluates to a function: see {@link Start}.
 * @param use decides which parts of the script are executed, as a command does: each use keeps the code
 * that it needed.
 */
export function runCached(path: string, use = ''): void {
  const bytes = readFileSync(path);
  const cache = new UserCache('code', CODE_BYTES_MAX);
  // V8 itself compares no more than the length of the source.
  const key = createHash('sha256').update(`${cachedDataVersionTag()} ${use}\n`).update(bytes);
  const name = key.digest('hex');
  const cachedData = cache.read(name);
  const script = new Script(bytes.toString('latin1'), {
    filename: path,
    ...(cachedData ? { cachedData } : {}),
  });
  if (script.cachedDataRejected !== false) {
    // Late, when the functions that a run needs have been compiled, too.
    let isKept = false;
    const keep = () => {
      if (!isKept) cache.write(name, script.createCachedData());
      isKept = true;
    };
    process.once('exit', keep);
    setTimeout(keep, KEPT_AFTER_MS).unref();
  }
  const start = script.runInThisContext() as Start;
  start(createRequire(path), path, (specifier) => import(specifier));
}
