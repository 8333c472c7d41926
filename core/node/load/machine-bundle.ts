import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { build, type BuildFailure, type BuildResult, type Message, type Plugin } from 'esbuild';
import type { LocateError } from '../../engine/transactor.ts';
import { ProblemError } from '../../problem.ts';
import { hashText } from '../../value/hash.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

/** A machine file and all that it imports, as one script. */
export interface MachineBundle {
  readonly code: string;
  /** The name that the script has in stacks: one of its own each time. */
  readonly fileName: string;
  /** Digest of the code: the same source gives the same digest anywhere. */
  readonly sourceHash: string;
  /** Finds the author's line that an error came from, relative to the machine's folder. */
  readonly locate: LocateError;
}

/**
 * Told of the author's own files that a machine is made of, whether or not it can be loaded: without
 * packages, and without this one. Of a source that cannot be bundled, only where its errors are.
 */
export type OnSources = (paths: readonly string[]) => void;

let bundles = 0;

/** `phasmoscope` is this very package, wherever the author's file is. */
const phasmoscopePlugin: Plugin = {
  name: 'phasmoscope',
  setup(builder) {
    builder.onResolve({ filter: /^phasmoscope$/ }, () => ({
      path: join(PACKAGE_ROOT, 'core/index.ts'),
    }));
  },
};

/**
 * Bundles a machine file with all that it imports.
 *
 * @throws {ProblemError} when that cannot be, with the author's file, line and column.
 */
export async function bundleMachine(path: string, onSources: OnSources): Promise<MachineBundle> {
  const { code, map } = await bundle(path, onSources);
  const sourceHash = hashText(code);
  bundles += 1;
  // Also of the same source, two loads are two machines, each with a guard of its own.
  const fileName = `phasm-machine-${sourceHash}-${bundles}.js`;
  return { code, fileName, sourceHash, locate: locator(fileName, map, dirname(path)) };
}

async function bundle(path: string, onSources: OnSources): Promise<{ code: string; map: string }> {
  let result: BuildResult<{ write: false; metafile: true }>;
  try {
    result = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      outfile: 'machine.js',
      write: false,
      metafile: true,
      bundle: true,
      format: 'cjs',
      // Neutral: an import of one of Node's own modules is an error, with its line.
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2022',
      // Packages ask for it in the middle of a step; like this it is the same on every computer.
      define: { 'process.env.NODE_ENV': '"production"' },
      sourcemap: 'external',
      // Comments would carry paths into the digest of the source.
      minifyWhitespace: true,
      legalComments: 'none',
      // Strict, so that a write to frozen state throws instead of being ignored.
      banner: { js: '"use strict";' },
      logLevel: 'silent',
      logOverride: { 'ignored-dynamic-import': 'warning', 'unsupported-dynamic-import': 'warning' },
      plugins: [phasmoscopePlugin],
    });
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors ?? [];
    onSources(
      ownSources(
        path,
        errors.map(({ location }) => location?.file ?? basename(path)),
      ),
    );
    throw bundleProblem(path, errors, error);
  }
  onSources(ownSources(path, Object.keys(result.metafile.inputs)));
  refuseImports(path, result.warnings);
  const text = (suffix: string) =>
    result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  return { code: text('.js'), map: text('.map') };
}

/** Kinds of warnings about an `import()` that leads out of the bundle, where it always fails. */
const LEADS_OUT: readonly string[] = ['ignored-dynamic-import', 'unsupported-dynamic-import'];

/** What a package does with an import that fails is its own affair; the author is told. */
function refuseImports(path: string, warnings: readonly Message[]): void {
  const own = warnings.filter(({ id, location }) => {
    const file = resolve(dirname(path), location?.file ?? '');
    return LEADS_OUT.includes(id) && !isForeign(file);
  });
  if (own.length === 0) return;
  throw bundleProblem(path, own.map(asError), undefined);
}

/** Why such an import is refused: the text says only why it was let through. */
function asError(warning: Message): Message {
  const [name] = /"[^"]+"/.exec(warning.text) ?? [];
  const isComputed = warning.id === 'unsupported-dynamic-import';
  const text = isComputed
    ? 'What is imported has to be named by a text'
    : `Could not resolve ${name}`;
  return { ...warning, text };
}

/** Of the files of a bundle those that the author edits. */
function ownSources(path: string, inputs: readonly string[]): readonly string[] {
  const paths = inputs.map((input) => resolve(dirname(path), input));
  return [...new Set([path, ...paths])].filter((one) => !isForeign(one));
}

/** Whether a file is of a package that the author uses, or of this one. */
function isForeign(path: string): boolean {
  return path.startsWith(OWN_CORE) || path.split(sep).includes('node_modules');
}

const OWN_CORE = join(PACKAGE_ROOT, 'core') + sep;

function bundleProblem(path: string, errors: readonly Message[], cause: unknown): ProblemError {
  const [first] = errors;
  const place = first?.location ? formatLocation(first.location) : basename(path);
  const reason = first?.text ?? String(cause);
  const isNodeModule =
    /^Could not resolve "(?:node:)?(?:fs|path|os|net|http|https|crypto|child_process|process|worker_threads|timers)\b/.test(
      reason,
    );
  return new ProblemError(
    {
      title: `The machine file has an error at ${place}: ${reason}`,
      remedy: isNodeModule
        ? 'A machine is deterministic: files, network and processes are out of its reach. Emit an ' +
          'action instead, and take its result as an input.'
        : 'Correct the source and try again.',
      details: errors
        .flatMap(({ text, location }, at) => {
          const where = location ? `${formatLocation(location)}: ` : '';
          // The title has told the first one.
          const told = at === 0 ? [] : [`${where}${text}`];
          return location ? [...told, `    ${location.lineText.trim()}`] : told;
        })
        .join('\n'),
    },
    { cause },
  );
}

function formatLocation({ file, line, column }: NonNullable<Message['location']>): string {
  return `${file}:${line}:${column + 1}`;
}

/** Maps the frames of a stack in the bundle to the author's source. */
function locator(fileName: string, map: string, folder: string): LocateError {
  const sources = new TraceMap(map);
  const frame = new RegExp(`${fileName}:(\\d+):(\\d+)`, 'g');
  return (error) => {
    if (!(error instanceof Error) || error.stack === undefined) return undefined;
    let foreign: string | undefined;
    for (const [, line, column] of error.stack.matchAll(frame)) {
      const place = originalPositionFor(sources, {
        line: Number(line),
        column: Number(column) - 1,
      });
      if (place.source === null) continue;
      const path = resolve(folder, place.source);
      if (path.startsWith(OWN_CORE)) continue;
      const found = `${relative(folder, path)}:${place.line}:${place.column + 1}`;
      // The author wants the own line, not that of a package which it called.
      if (!isForeign(path)) return found;
      foreign ??= found;
    }
    return foreign;
  };
}
