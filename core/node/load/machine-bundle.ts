import { basename, dirname, join, relative, resolve } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { BuildOptions, BuildResult, Message, Plugin } from 'esbuild';
import type { AuthorsMethod, LocateError } from '../../engine/transactor.ts';
import { ProblemError } from '../../problem.ts';
import { describeThrown, readThrown } from '../../thrown.ts';
import { hashText } from '../../value/hash.ts';
import { signs } from '../files/signs-of-life.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { errorsOfBuild } from './build-failure.ts';
import { KeptBundle, type BundledCode } from './kept-bundle.ts';
import { isForeign, isOwnCore, type SourceRecorder } from './source-files.ts';

/** A machine file and all that it imports, as one script. */
export interface MachineBundle {
  readonly code: string;
  /** The name of the script in stack traces, unique to this load. */
  readonly fileName: string;
  /** Digest of the code: the same source gives the same digest anywhere. */
  readonly sourceHash: string;
  /** Finds the author's line that an error came from, relative to the machine's folder. */
  readonly locate: LocateError;
  /** The source map of the code, as JSON. */
  readonly map: () => string;
}

let bundles = 0;

/** Resolves `phasmoscope` to this package, wherever the author's file is. */
const phasmoscopePlugin: Plugin = {
  name: 'phasmoscope',
  setup(builder) {
    builder.onResolve({ filter: /^phasmoscope$/ }, () => ({
      path: join(PACKAGE_ROOT, 'core/index.ts'),
    }));
  },
};

const OPTIONS = {
  outfile: 'machine.js',
  write: false,
  bundle: true,
  format: 'cjs',
  // Neutral: an import of one of Node's own modules is an error, with its line.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  // Packages read it during a step; a constant makes it the same on every computer.
  define: { 'process.env.NODE_ENV': '"production"' },
  sourcemap: 'external',
  sourcesContent: false,
  // Comments contain paths, which would change the digest of the source.
  minifyWhitespace: true,
  legalComments: 'none',
  // Strict, so that a write to frozen state throws instead of being ignored.
  banner: { js: '"use strict";' },
  logLevel: 'silent',
  logOverride: { 'ignored-dynamic-import': 'warning', 'unsupported-dynamic-import': 'warning' },
} as const satisfies BuildOptions;

/**
 * Bundles a machine file with all that it imports, or takes the bundle of last time if nothing has
 * changed that it depends on.
 *
 * @param recorder records what the bundle is made of, also of one that fails.
 * @throws {ProblemError} when it cannot be bundled, with the author's file, line and column.
 */
export async function bundleMachine(
  path: string,
  recorder: SourceRecorder,
): Promise<MachineBundle> {
  const kept = new KeptBundle(path, JSON.stringify(OPTIONS));
  let bundled = kept.recall(recorder);
  if (!bundled) {
    signs.bundling(path);
    bundled = await bundle(path, recorder).finally(() => signs.bundling(undefined));
    kept.keep(bundled, recorder);
  }
  const { code, map, sourceHash } = bundled;
  bundles += 1;
  // Two loads of the same source are two machines, each with a guard of its own.
  const fileName = `phasm-machine-${sourceHash}-${bundles}.js`;
  const locate = locator({ ...bundled, fileName }, dirname(path));
  return { code, fileName, sourceHash, locate, map };
}

async function bundle(path: string, recorder: SourceRecorder): Promise<BundledCode> {
  const { build } = await import('esbuild');
  let result: BuildResult<{ write: false }>;
  try {
    result = await build({
      ...OPTIONS,
      mainFields: [...OPTIONS.mainFields],
      entryPoints: [path],
      absWorkingDir: dirname(path),
      plugins: [phasmoscopePlugin, recorder.plugin],
    });
  } catch (error) {
    throw bundleProblem(path, errorsOfBuild(error), error);
  }
  refuseImports(path, result.warnings);
  const outputOf = (suffix: string) =>
    result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  const code = outputOf('.js');
  return { code, map: () => outputOf('.map'), sourceHash: hashText(code) };
}

/** Warnings about an `import()` that is not bundled: it would always fail. */
const LEADS_OUT: readonly string[] = ['ignored-dynamic-import', 'unsupported-dynamic-import'];

/** Refuses such imports in the author's files. A package may handle the failure itself. */
function refuseImports(path: string, warnings: readonly Message[]): void {
  const own = warnings.filter(({ id, location }) => {
    const file = resolve(dirname(path), location?.file ?? '');
    return LEADS_OUT.includes(id) && !isForeign(file);
  });
  if (own.length === 0) return;
  throw bundleProblem(path, own.map(asError), undefined);
}

/** Rewrites the warning, which says why the import was left alone, as the reason for the refusal. */
function asError(warning: Message): Message {
  const [name] = /"[^"]+"/.exec(warning.text) ?? [];
  const isComputed = warning.id === 'unsupported-dynamic-import';
  const text = isComputed
    ? 'The argument of import() must be a string literal'
    : `Could not resolve ${name}`;
  return { ...warning, text };
}

function bundleProblem(path: string, errors: readonly Message[], cause: unknown): ProblemError {
  const [first] = errors;
  const place = first?.location ? formatLocation(first.location) : basename(path);
  const reason = first?.text ?? describeThrown(cause);
  const isNodeModule =
    /^Could not resolve "(?:node:)?(?:fs|path|os|net|http|https|crypto|child_process|process|worker_threads|timers)\b/.test(
      reason,
    );
  return new ProblemError(
    {
      title: `The machine file has an error at ${place}: ${reason}`,
      remedy: isNodeModule
        ? 'A machine is deterministic and has no access to files, network and processes. Emit an ' +
          'action instead, and take its result as an input.'
        : 'Correct the source and try again.',
      details: errors
        .flatMap(({ text, location }, at) => {
          const where = location ? `${formatLocation(location)}: ` : '';
          // The title contains the first one.
          const said = at === 0 ? [] : [`${where}${text}`];
          return location ? [...said, `    ${location.lineText.trim()}`] : said;
        })
        .join('\n'),
    },
    { cause },
  );
}

function formatLocation({ file, line, column }: NonNullable<Message['location']>): string {
  return `${file}:${line}:${column + 1}`;
}

/** Maps the frames of a stack in the bundle, or the place of a function, to the author's source. */
function locator(
  { code, fileName, map }: BundledCode & { readonly fileName: string },
  folder: string,
): LocateError {
  let sources: TraceMap | undefined;
  const frame = new RegExp(`${fileName}:(\\d+):(\\d+)`, 'g');
  return (error, within) => {
    sources ??= new TraceMap(map());
    const { stack = '' } = readThrown(error);
    let foreign: string | undefined;
    for (const [, line, column] of stack.matchAll(frame)) {
      const place = placeIn(sources, folder, Number(line), Number(column) - 1);
      // The author wants their own line, not that of a package that it calls.
      if (place?.isForeign === false) return place.text;
      foreign ??= place?.text;
    }
    if (foreign !== undefined || within === undefined) return foreign;
    const at = soleOffset(code, textOf(within));
    if (at === undefined) return undefined;
    const before = code.slice(0, at);
    const column = at - (before.lastIndexOf('\n') + 1);
    return placeIn(sources, folder, before.split('\n').length, column)?.text;
  };
}

/** The place of the author's source, or of a package's, that a place of the bundle comes from. */
function placeIn(
  sources: TraceMap,
  folder: string,
  bundleLine: number,
  bundleColumn: number,
): { readonly text: string; readonly isForeign: boolean } | undefined {
  const found = originalPositionFor(sources, { line: bundleLine, column: bundleColumn });
  if (found.source === null) return undefined;
  const path = resolve(folder, found.source);
  if (isOwnCore(path)) return undefined;
  const text = `${relative(folder, path)}:${found.line}:${found.column + 1}`;
  return { text, isForeign: isForeign(path) };
}

/** The source of a method in the bundle; nothing where reading it throws, as anything may. */
function textOf({ of, method }: AuthorsMethod): string {
  try {
    const found: unknown = Reflect.get(of, method);
    return typeof found === 'function' ? Function.prototype.toString.call(found) : '';
  } catch {
    return '';
  }
}

/** Where a text is in another one, if it is there exactly once. */
function soleOffset(text: string, part: string): number | undefined {
  if (part === '') return undefined;
  const at = text.indexOf(part);
  return at === -1 || text.includes(part, at + 1) ? undefined : at;
}
