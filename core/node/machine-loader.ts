import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { compileFunction } from 'node:vm';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { build, type BuildFailure, type BuildResult, type Message, type Plugin } from 'esbuild';
import type { MachineInfo, Problem } from '../api/contract.ts';
import type { LocateError } from '../engine/transactor.ts';
import { Guard } from '../guard/guard.ts';
import { faultProfilesOf, type FaultProfile } from '../machine/faults.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { hashText } from '../value/hash.ts';
import { connectStorage } from './database/connect.ts';
import { checkExports, isChildProcess, type Exported } from './machine-exports.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { ProblemError } from './problem-error.ts';
import { connectProcess, RemotePanic } from './process/process-machine.ts';

/** A machine, ready to run. */
export interface LoadedMachine {
  readonly machine: AnyMachine;
  readonly scenarios: readonly AnyScenario[];
  /**
   * Digest of the bundled source: the same source gives the same digest anywhere. For a machine in a
   * process, the files that its command names count, too.
   */
  readonly sourceHash: string;
  /** Finds the author's line that an error came from, relative to the machine's folder. */
  readonly locate: LocateError;
  /** Refuses the machine what lies outside state and input. */
  readonly guard: Guard;
  /** How long a machine that is asked for answers from outside may take for one. */
  readonly answerMsMax?: number;
  /**
   * Evaluates the same source once more: a machine of its own, with nothing that this one may have
   * kept in variables of its modules. It is closed with this one, if not before.
   */
  afresh(): Promise<LoadedMachine>;
  /** Ends what belongs to the machine, such as its process or its database: nothing runs then. */
  close(): Promise<void>;
}

/**
 * Told of the author's own files that a machine is made of, whether or not it can be loaded: without
 * packages, and without this one. Of a source that cannot be bundled, only where its errors are.
 */
export type OnSources = (paths: readonly string[]) => void;

let loads = 0;
/** Of the machines that are loaded and not closed yet. */
const locators = new Set<LocateError>();

/** Says of an error that no step has thrown, in a sentence about the machine, where it is from. */
export function describeStray(error: unknown): string {
  let place: string | undefined;
  for (const locate of locators) place ??= locate(error);
  return `broke outside its steps${place === undefined ? '' : `, at ${place}`}: ${String(error)}`;
}

/** What a machine has started and does not await went wrong: a promise was rejected, above all. */
export function strayProblem(error: unknown): Problem {
  return {
    title: `The machine ${describeStray(error)}`,
    remedy: 'Mend the machine: everything that it starts must end before its step does.',
    ...(error instanceof Error && error.stack !== undefined ? { details: error.stack } : {}),
  };
}

/**
 * Bundles a machine file with what it imports, evaluates it, and checks what it exports.
 *
 * @param path of a TypeScript or JavaScript file that exports `machine` and `scenarios`.
 * @throws {ProblemError} when it cannot be bundled, throws, or exports something else; the
 * problem names the author's file, line and column.
 */
export async function loadMachine(
  path: string,
  onSources: OnSources = () => {},
): Promise<LoadedMachine> {
  await requireFile(path);
  const { code, map } = await bundle(path, onSources);
  const sourceHash = hashText(code);
  loads += 1;
  // Also of the same source, two loads are two machines, each with a guard of its own.
  const fileName = `phasm-machine-${sourceHash}-${loads}.js`;
  const locate = locator(fileName, map, dirname(path));
  locators.add(locate);
  const forget = () => locators.delete(locate);
  const source = new Source(async () => {
    const guard = new Guard();
    const exported = evaluate(code, fileName, path, { locate, guard });
    const { machine, scenarios } = checkExports(exported, path);
    return { scenarios, guard, ...(await connect(machine, path, { sourceHash, locate })) };
  });
  try {
    const loaded = await source.load();
    return { ...loaded, close: () => loaded.close().finally(forget) };
  } catch (error) {
    forget();
    throw error;
  }
}

/** A source that can be evaluated again and again; what it was first made into ends the rest. */
class Source {
  readonly #evaluate: () => Promise<Omit<LoadedMachine, 'afresh'>>;
  readonly #others = new Set<LoadedMachine>();

  constructor(evaluateAnew: () => Promise<Omit<LoadedMachine, 'afresh'>>) {
    this.#evaluate = evaluateAnew;
  }

  async load(): Promise<LoadedMachine> {
    const first = await this.#evaluate();
    const close = async () => {
      await Promise.all([...this.#others].map((other) => other.close()));
      await first.close();
    };
    return { ...first, afresh: () => this.#loadOther(), close };
  }

  async #loadOther(): Promise<LoadedMachine> {
    const evaluated = await this.#evaluate();
    const close = () => {
      this.#others.delete(other);
      return evaluated.close();
    };
    const other: LoadedMachine = { ...evaluated, afresh: () => this.#loadOther(), close };
    this.#others.add(other);
    return other;
  }
}

/**
 * Loads a machine for a task, and ends it after that.
 *
 * @throws {ProblemError} when it cannot be loaded.
 */
export async function withMachine<T>(
  path: string,
  task: (loaded: LoadedMachine) => Promise<T>,
  onSources?: OnSources,
): Promise<T> {
  const loaded = await loadMachine(path, onSources);
  try {
    return await task(loaded);
  } finally {
    await loaded.close();
  }
}

type Live = Pick<LoadedMachine, 'machine' | 'sourceHash' | 'locate' | 'answerMsMax' | 'close'>;

/** Makes a machine that can be run out of what was declared. */
async function connect(
  declared: Exported,
  path: string,
  { sourceHash, locate }: Pick<LoadedMachine, 'sourceHash' | 'locate'>,
): Promise<Live> {
  const folder = dirname(path);
  if (!isChildProcess(declared)) {
    return { ...(await connectStorage(declared, folder)), sourceHash, locate };
  }
  return {
    ...(await connectProcess(declared, folder)),
    sourceHash: await hashCommand(sourceHash, declared.command, folder),
    locate: (error) => (error instanceof RemotePanic ? error.source : locate(error)),
  };
}

/** Adds to a digest the files of the machine's folder that its command names. */
async function hashCommand(
  sourceHash: string,
  command: readonly string[],
  folder: string,
): Promise<string> {
  const within = command
    .map((part) => resolve(folder, part))
    .filter((file) => file.startsWith(folder + sep));
  const texts = await Promise.all(
    within.map((file) => readFile(file, 'latin1').catch(() => undefined)),
  );
  const found = texts.filter((text) => text !== undefined);
  return hashText([sourceHash, JSON.stringify(command), ...found.map(hashText)].join('\n'));
}

/** What a person can choose from in a machine. */
export function describeMachine({ machine, scenarios, sourceHash }: LoadedMachine): MachineInfo {
  return {
    name: machine.name,
    description: machine.description,
    sourceHash,
    invariants: Object.keys(machine.invariants),
    faultProfiles: Object.entries(faultProfilesOf(machine)).map(([name, { description }]) => ({
      name,
      description,
    })),
    scenarios: scenarios.map(({ name, description, defaults }) => ({
      name,
      description,
      ...defaults,
    })),
  };
}

/**
 * The scenario of a name, or the first one.
 *
 * @throws {ProblemError} when there is none of that name.
 */
export function findScenario(loaded: LoadedMachine, name: string | undefined): AnyScenario {
  const { machine, scenarios } = loaded;
  const found = name === undefined ? scenarios[0] : scenarios.find((one) => one.name === name);
  if (found) return found;
  throw new ProblemError({
    title:
      name === undefined
        ? `The machine ${machine.name} has no scenario.`
        : `The machine ${machine.name} has no scenario named "${name}".`,
    remedy:
      scenarios.length === 0
        ? 'Export `scenarios`, a list with at least one scenario, from the machine file.'
        : `Choose one of: ${scenarios.map((one) => one.name).join(', ')}.`,
  });
}

/**
 * The fault profile of a name: one that every machine has, or one of the machine's own.
 *
 * @throws {ProblemError} when there is none of that name.
 */
export function findFaultProfile({ machine }: LoadedMachine, name: string): FaultProfile {
  const profiles = faultProfilesOf(machine);
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found) return found;
  throw new ProblemError({
    title: `There is no fault profile named "${name}".`,
    remedy: `Choose one of: ${Object.keys(profiles).join(', ')}.`,
  });
}

async function requireFile(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) return;
  throw new ProblemError({
    title: stats ? `${path} is a folder, not a machine file.` : `There is no file ${path}.`,
    remedy: 'Give the path of the .ts or .js file that exports the machine.',
  });
}

/** `phasmoscope` is this very package, wherever the author's file is. */
const phasmoscopePlugin: Plugin = {
  name: 'phasmoscope',
  setup(builder) {
    builder.onResolve({ filter: /^phasmoscope$/ }, () => ({
      path: join(PACKAGE_ROOT, 'core/index.ts'),
    }));
  },
};

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
        .map(({ text, location }) => {
          const where = location ? `${formatLocation(location)}: ` : '';
          return `${where}${text}${location ? `\n    ${location.lineText.trim()}` : ''}`;
        })
        .join('\n'),
    },
    { cause },
  );
}

function formatLocation({ file, line, column }: NonNullable<Message['location']>): string {
  return `${file}:${line}:${column + 1}`;
}

/** Runs the bundle, with stand-ins for what is global, and answers what it exports. */
function evaluate(
  code: string,
  fileName: string,
  path: string,
  { locate, guard }: Pick<LoadedMachine, 'locate' | 'guard'>,
): unknown {
  const compile = (body: string, parameters: readonly string[]) =>
    compileFunction(body, parameters, { filename: fileName, lineOffset: -1 });
  try {
    return guard.evaluate(code, { fileName, globals: globalThis, compile });
  } catch (error) {
    const place = locate(error) ?? basename(path);
    throw new ProblemError(
      {
        title: `The machine file threw while it was loaded, at ${place}: ${String(error)}`,
        remedy: 'Correct the source and try again.',
        ...(error instanceof Error && error.stack ? { details: error.stack } : {}),
      },
      { cause: error },
    );
  }
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
