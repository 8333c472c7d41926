import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve, sep } from 'node:path';
import type { OnLoadArgs, OnResolveArgs, Plugin } from 'esbuild';
import { formatCount } from '../../text/counts.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

/** What a machine is made of, as far as it was found: a source that cannot be loaded has it, too. */
export interface SourceFiles {
  /** The author's own files, without packages and without Phasmoscope. */
  readonly own: readonly string[];
  /**
   * Other paths that decide what is loaded: settings, links, and the places where an import is looked
   * for. Many of them do not exist.
   */
  readonly others: readonly string[];
  /** When the files began to be read, in milliseconds since 1970: what is changed later is news. */
  readonly sinceMs: number;
  /** The end of the sentence "Changes of … are not seen", if that is so of a part of the machine. */
  readonly unseen?: string | undefined;
}

export type OnSources = (sources: SourceFiles) => void;

/** At most this many paths are watched; the window says so when a machine has more. */
const PATHS_MAX = 4_000;

const OWN_CORE = join(PACKAGE_ROOT, 'core') + sep;

/** Whether a file belongs to Phasmoscope. */
export function isOwnCore(path: string): boolean {
  return path.startsWith(OWN_CORE);
}

/** Whether a file belongs to a package, or to Phasmoscope. */
export function isForeign(path: string): boolean {
  return isOwnCore(path) || path.split(sep).includes('node_modules');
}

/** What stands for an import without an extension. */
const ENDINGS = ['.tsx', '.ts', '.jsx', '.js', '.mts', '.json', '/index.ts', '/index.js'];
/** What decides how the imports of a folder, and of those in it, are resolved. */
const SETTINGS = ['tsconfig.json', 'jsconfig.json', 'package.json'];

/** An import: the name, and the folder of the file that it is in. */
export interface WantedImport {
  readonly folder: string;
  readonly name: string;
}

/** What a bundle was made of: enough to say what it depends on. */
export interface RecordedSources {
  /** The files in it, links resolved. */
  readonly loaded: readonly string[];
  /** Imports in the author's files. */
  readonly wanted: readonly WantedImport[];
  /** Imports in files of packages and of Phasmoscope, but for relative ones. */
  readonly wantedElsewhere: readonly WantedImport[];
}

/**
 * Records what a bundle reads, and where it looks. esbuild's own list is of no use for this: it has
 * only the targets of links, and there is none for a bundle that fails.
 */
export class SourceRecorder {
  readonly #sinceMs = Date.now();
  readonly #loaded = new Set<string>();
  readonly #wanted: WantedImport[] = [];
  readonly #wantedElsewhere: WantedImport[] = [];
  readonly #named: string[] = [];
  #unseen: string | undefined;

  /** Takes part in a build and leaves it as it is. */
  readonly plugin: Plugin = {
    name: 'source-recorder',
    setup: (builder) => {
      builder.onResolve({ filter: /./ }, (args) => this.#onResolve(args));
      builder.onLoad({ filter: /./, namespace: 'file' }, (args) => this.#onLoad(args));
    },
  };

  /** @param entry the machine file. */
  constructor(entry: string) {
    this.#loaded.add(entry);
  }

  /** Adds the files that the machine's command names. */
  async addCommand(command: readonly string[], folder: string): Promise<void> {
    const files = await filesOfCommand(command, folder);
    this.#named.push(...files);
    if (files.length === 0) this.#unseen = `what the command ${command.join(' ')} executes`;
  }

  /** What was recorded so far. */
  get files(): SourceFiles {
    const own = [...new Set([...this.#loaded, ...this.#named])].filter((path) => !isForeign(path));
    const settings = [...foldersAbove(own.map(dirname))].flatMap((folder) =>
      SETTINGS.map((name) => join(folder, name)),
    );
    const others = new Set(settings);
    for (const path of settings) addNamedIn(path, others);
    for (const wanted of this.#wanted) this.#addPlacesOf(wanted, others);
    const paths = [...own, ...others];
    const unseen =
      paths.length > PATHS_MAX
        ? `some of its ${formatCount(paths.length)} files and settings`
        : this.#unseen;
    const known = new Set(own);
    const kept = paths.slice(0, PATHS_MAX);
    return {
      own: kept.filter((path) => known.has(path)),
      others: kept.filter((path) => !known.has(path)),
      sinceMs: this.#sinceMs,
      unseen,
    };
  }

  /** What the bundle is made of. */
  get recorded(): RecordedSources {
    const [wanted, wantedElsewhere] = [this.#wanted, this.#wantedElsewhere];
    return { loaded: [...this.#loaded], wanted, wantedElsewhere };
  }

  /** Records what an earlier bundle was made of, instead of taking part in one. */
  recall({ loaded, wanted, wantedElsewhere }: RecordedSources): void {
    for (const path of loaded) this.#loaded.add(path);
    this.#wanted.push(...wanted);
    this.#wantedElsewhere.push(...wantedElsewhere);
  }

  #onResolve({ importer, resolveDir, path, kind, namespace }: OnResolveArgs): undefined {
    if (kind === 'entry-point' || namespace !== 'file') return;
    const wanted = { folder: resolveDir, name: path };
    if (!isForeign(importer)) this.#wanted.push(wanted);
    else if (!isRelative(path)) this.#wantedElsewhere.push(wanted);
  }

  #onLoad({ path }: OnLoadArgs): undefined {
    this.#loaded.add(path);
  }

  /** Adds the places where an import of the author's is looked for, unless its file is known. */
  #addPlacesOf({ folder, name }: { folder: string; name: string }, others: Set<string>): void {
    if (isRelative(name)) {
      const exact = resolve(folder, name);
      const places = [exact, ...ENDINGS.map((ending) => exact + ending)];
      // "./rules.js" may stand for rules.ts.
      if (extname(exact) !== '') places.push(exact.slice(0, -extname(exact).length) + '.ts');
      if (!places.some((place) => this.#loaded.has(place))) {
        for (const place of places) others.add(place);
      }
      return;
    }
    for (const place of placesOfPackage({ folder, name })) others.add(place);
  }
}

/** Whether an import names a file, not a package. */
export function isRelative(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/** Where the description of a package is looked for. */
export function placesOfPackage({ folder, name }: WantedImport): readonly string[] {
  const [packageName] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
  if (packageName === undefined || name.startsWith('node:') || name === 'phasmoscope') return [];
  return [...foldersAbove([folder])].map((above) =>
    join(above, 'node_modules', packageName, 'package.json'),
  );
}

/** The folders and all that they lie in. */
export function foldersAbove(folders: readonly string[]): Set<string> {
  const above = new Set<string>();
  for (let folder of folders) {
    while (!above.has(folder)) {
      above.add(folder);
      folder = dirname(folder);
    }
  }
  return above;
}

/**
 * Adds what settings of TypeScript name: settings that they extend, and folders that paths lead to,
 * which may be links. Every string may be such a name; one that is not costs no more than a look.
 */
function addNamedIn(path: string, others: Set<string>): void {
  if (!/[\\/](?:ts|js)config[^\\/]*$/.test(path)) return;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return;
  }
  const texts = [...text.matchAll(/"([^"\n]{1,200})"(\s*:)?/g)];
  const names = texts.flatMap(([, name = '', colon]) => (colon === undefined ? [name] : []));
  const [, base = '.'] = /"baseUrl"\s*:\s*"([^"\n]{1,200})"/.exec(text) ?? [];
  for (const name of names) {
    const prefix = name.replace(/\*.*$/, '');
    for (const folder of new Set([dirname(path), resolve(dirname(path), base)])) {
      const named = resolve(folder, prefix);
      if (others.has(named)) continue;
      others.add(named);
      if (!named.includes(`${sep}node_modules${sep}`)) addNamedIn(named, others);
      if (!named.endsWith('.json')) addNamedIn(`${named}.json`, others.add(`${named}.json`));
    }
  }
}

/** A folder with more files than this is not taken for the source of one program. */
const BESIDE_MAX = 500;

/**
 * The files that a command names, such as a script, and those beside a script with the same ending,
 * which it may import. The program itself counts only where it lies in the machine's folder: what is
 * installed on the computer is not the author's.
 */
export async function filesOfCommand(
  command: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [at, part] of command.entries()) {
    const path = resolve(folder, part);
    const isWithin = path.startsWith(folder + sep);
    if (at === 0 && !isWithin) continue;
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isFile()) continue;
    found.add(path);
    const ending = extname(path);
    if (ending === '' || !isWithin) continue;
    const names = await readdir(dirname(path)).catch(() => []);
    const beside = names.filter((name) => extname(name) === ending);
    if (beside.length > BESIDE_MAX) continue;
    for (const name of beside.toSorted()) found.add(join(dirname(path), name));
  }
  return [...found];
}
