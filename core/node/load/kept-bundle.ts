import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';
import { UserCache } from '../user-cache.ts';
import {
  foldersAbove,
  isForeign,
  isOwnCore,
  isRelative,
  placesOfPackage,
  type RecordedSources,
  type SourceRecorder,
  type WantedImport,
} from './source-files.ts';

/** The script of a machine. */
export interface BundledCode {
  readonly code: string;
  /** Its source map, which only errors need. */
  readonly map: () => string;
  /** Digest of the code. */
  readonly sourceHash: string;
}

/** Another number for entries that this version cannot read. */
const FORMAT = 1;
const BYTES_MAX = 64 * 1024 * 1024;

/** A file that was changed this shortly before a bundle, or later, may be in it as it was before. */
const UNSETTLED_MS = 50;

/** The first line of an entry. The code and its map follow. */
interface Head {
  /** Everything that decides what the bundle contains. Many of the paths do not exist. */
  readonly paths: readonly string[];
  /** Digest of how all the paths were. */
  readonly looks: string;
  readonly sources: RecordedSources;
  readonly sourceHash: string;
  readonly codeBytes: number;
}

/**
 * The bundle that a machine file had the last time, in the user's cache. It counts only if everything
 * is as it was that decides what a bundle contains: the content of each file in it, the settings, the
 * versions of packages and of esbuild, and the places where imports are looked for, found or not.
 */
export class KeptBundle {
  readonly #cache = new UserCache('machines', BYTES_MAX);
  readonly #path: string;
  readonly #name: string;
  readonly #startedMs = Date.now();

  /** @param options how the bundle is made, as text. */
  constructor(path: string, options: string) {
    this.#path = path;
    const key = JSON.stringify([FORMAT, path, options, PACKAGE_ROOT, process.env['NODE_PATH']]);
    this.#name = digestOf(key);
  }

  /**
   * Returns the bundle if it is what a new one would be.
   *
   * @param recorder receives what the bundle is made of.
   */
  recall(recorder: SourceRecorder): BundledCode | undefined {
    const entry = this.#cache.read(this.#name);
    if (!entry) return undefined;
    const headBytes = entry.indexOf('\n') + 1;
    const head = JSON.parse(entry.toString('utf8', 0, headBytes)) as Head;
    if (looksOf(head.paths).digest !== head.looks) return undefined;
    recorder.recall(head.sources);
    const codeEnd = headBytes + head.codeBytes;
    return {
      code: entry.toString('utf8', headBytes, codeEnd),
      map: () => entry.toString('utf8', codeEnd),
      sourceHash: head.sourceHash,
    };
  }

  /** Keeps a bundle that was just made, unless it is not certain what decided it. */
  keep({ code, map, sourceHash }: BundledCode, recorder: SourceRecorder): void {
    const sources = recorder.recorded;
    const paths = decisivePaths(this.#path, sources);
    if (!paths) return;
    const { digest: looks, changedMs } = looksOf(paths);
    if (changedMs >= this.#startedMs - UNSETTLED_MS) return;
    const bytes = Buffer.from(code);
    const head: Head = { paths, looks, sources, sourceHash, codeBytes: bytes.length };
    const parts = [Buffer.from(`${JSON.stringify(head)}\n`), bytes, Buffer.from(map())];
    this.#cache.write(this.#name, Buffer.concat(parts));
  }
}

function digestOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** How paths are: where links lead, and the content of files; and when something last changed. */
function looksOf(paths: readonly string[]): {
  readonly digest: string;
  readonly changedMs: number;
} {
  let changedMs = 0;
  const hash = createHash('sha256');
  const notice = (path: string) => {
    changedMs = Math.max(changedMs, changedMsOf(path));
  };
  for (const path of paths) {
    try {
      const target = realpathSync.native(path);
      hash.update(`${target}\n`);
      if (!statSync(target).isFile()) continue;
      hash.update(digestOf(readFileSync(target)));
      notice(target);
    } catch {
      hash.update('missing\n');
      // It may have been removed a moment ago.
      notice(dirname(path));
    }
  }
  return { digest: hash.digest('hex'), changedMs };
}

function changedMsOf(path: string): number {
  try {
    return statSync(path).ctimeMs;
  } catch {
    return 0;
  }
}

/** What decides how imports are resolved, in any folder above; Yarn says in a file where packages are. */
const SETTINGS = ['tsconfig.json', 'jsconfig.json', 'package.json', '.pnp.cjs', '.pnp.data.json'];
const ENDINGS = ['.tsx', '.ts', '.jsx', '.js', '.css', '.json'];
/** An import of JavaScript may stand for a file of TypeScript. */
const TYPED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * Returns every path that decides what a bundle contains, or `undefined` if there may be others.
 *
 * @param entry the machine file.
 */
function decisivePaths(entry: string, sources: RecordedSources): readonly string[] | undefined {
  const loaded = new Set([entry, ...sources.loaded]);
  const paths = new Set([
    ...loaded,
    createRequire(import.meta.url).resolve('esbuild/package.json'),
  ]);
  const isInPackage = (path: string) => isForeign(path) && !isOwnCore(path);
  const files = [...loaded];
  const settings = [
    ...foldersAbove(files.filter((path) => !isInPackage(path)).map((path) => dirname(path))),
  ].flatMap((folder) => SETTINGS.map((name) => join(folder, name)));
  let leadsAside = false;
  for (const path of settings) leadsAside = addSettings(path, paths) || leadsAside;
  for (const folder of foldersAbove(files.filter(isInPackage).map((path) => dirname(path)))) {
    if (folder.includes(`${sep}node_modules${sep}`)) paths.add(join(folder, 'package.json'));
  }
  for (const wanted of [...sources.wanted, ...sources.wantedElsewhere]) {
    for (const place of placesOf(wanted, loaded)) paths.add(place);
  }
  const isAside = ({ name }: WantedImport) => !isRelative(name) && name !== 'phasmoscope';
  return leadsAside && sources.wanted.some(isAside) ? undefined : [...paths];
}

/**
 * Adds settings, and those that they extend.
 *
 * @returns whether they say where packages are, so that an import of one may lead anywhere.
 */
function addSettings(path: string, paths: Set<string>): boolean {
  if (paths.has(path)) return false;
  paths.add(path);
  if (!path.endsWith('.json') || basename(path) === 'package.json') return false;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return false;
  }
  let leadsAside = /"(?:paths|baseUrl)"\s*:/.test(text);
  const [, extended = ''] = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text) ?? [];
  for (const [, name = ''] of extended.matchAll(/"([^"]*)"/g)) {
    const bases = isRelative(name)
      ? [resolve(dirname(path), name)]
      : [...foldersAbove([dirname(path)])].map((above) => join(above, 'node_modules', name));
    for (const base of bases) {
      for (const end of ['', '.json', `${sep}tsconfig.json`, `${sep}package.json`]) {
        leadsAside = addSettings(base + end, paths) || leadsAside;
      }
    }
  }
  return leadsAside;
}

/** Where an import is looked for. */
function placesOf(wanted: WantedImport, loaded: ReadonlySet<string>): readonly string[] {
  const { folder, name } = wanted;
  if (!isRelative(name)) {
    return placesOfPackage(wanted).flatMap((place) => [dirname(place), place]);
  }
  const exact = resolve(folder, name);
  // Nothing comes before the file itself.
  if (loaded.has(exact)) return [exact];
  const ending = extname(exact);
  const stem = exact.slice(0, exact.length - ending.length);
  return [
    exact,
    ...ENDINGS.map((other) => exact + other),
    ...(TYPED[ending] ?? []).map((other) => stem + other),
    ...['package.json', ...ENDINGS.map((other) => `index${other}`)].map((one) => join(exact, one)),
  ];
}
