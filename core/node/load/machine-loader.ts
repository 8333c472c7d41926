import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type { MachineInfo } from '../../contract/window.ts';
import type { LocateError } from '../../engine/transactor.ts';
import { BuiltInReplacedError, CODE_OFFSET, Guard } from '../../isolation/guard.ts';
import { faultProfilesOf, type FaultProfile } from '../../machine/faults.ts';
import type { AnyMachine } from '../../machine/machine.ts';
import { noScenarios, type AnyScenario } from '../../machine/scenario.ts';
import { ProblemError, type Problem } from '../../problem.ts';
import { chooseAmong } from '../../text/choices.ts';
import { describeThrown, isInstance } from '../../thrown.ts';
import { hashText } from '../../value/hash.ts';
import { connectStorage } from '../database/connect.ts';
import { requireWithinReach } from '../files/reach.ts';
import { missingFile } from '../files/refusals.ts';
import { signs } from '../files/signs-of-life.ts';
import { ThreadWatch } from '../hang/thread-watch.ts';
import { capturedConsole } from './captured-console.ts';
import { bundleMachine, type MachineBundle } from './machine-bundle.ts';
import { checkExports, isChildProcess, type Exported } from './machine-exports.ts';
import { filesOfCommand, SourceRecorder, type OnSources } from './source-files.ts';
import { errorAtThrow } from './thrown-place.ts';

/** A machine, ready to run. */
export interface LoadedMachine {
  readonly machine: AnyMachine;
  readonly scenarios: readonly AnyScenario[];
  /**
   * Digest of the bundled source: the same source gives the same digest anywhere. For a machine in a
   * child process, it covers the files that its command names and those beside them as well.
   */
  readonly sourceHash: string;
  /** Finds the author's line that an error came from, relative to the machine's folder. */
  readonly locate: LocateError;
  /** Refuses the machine everything outside its state and input. */
  readonly guard: Guard;
  /** Ends its steps when they overrun their time limit. */
  readonly watch: ThreadWatch;
  /** What was evaluated; absent for exports that were given as they are. */
  readonly bundle?: EvaluatedBundle;
  /** The time limit of one answer, in milliseconds, for a machine in a child process. */
  readonly answerMsMax?: number;
  /**
   * Evaluates the same source once more. The new machine shares no module variables with this one,
   * and is closed with it, if not before.
   */
  afresh(): Promise<LoadedMachine>;
  /** Ends what belongs to the machine, such as its process or its database. */
  close(): Promise<void>;
}

/** The code of a machine, as it was evaluated. */
export interface EvaluatedBundle extends Pick<MachineBundle, 'code' | 'fileName' | 'map'> {
  /** The machine file. */
  readonly file: string;
  /** The folder of the machine file, to which the sources of the map are relative. */
  readonly folder: string;
  /** Where the code begins in the script. */
  readonly offset: number;
}

/** Those of the machines that are loaded and not yet closed. */
const locators = new Set<LocateError>();

/** Completes the sentence "The machine …" for an error outside its steps, with its place. */
export function describeStray(error: unknown): string {
  let place: string | undefined;
  for (const locate of locators) place ??= locate(error);
  return `broke outside its steps${place === undefined ? '' : `, at ${place}`}: ${describeThrown(error)}`;
}

/** The problem for an error outside the steps, typically a rejected promise that nothing awaits. */
export function strayProblem(error: unknown): Problem {
  return {
    title: `The machine ${describeStray(error)}`,
    remedy: 'Correct the machine: everything that a step starts must end before the step ends.',
  };
}

/**
 * Bundles a machine file with what it imports, evaluates it, and checks what it exports.
 *
 * @param path of a TypeScript or JavaScript file that exports `machine` and `scenarios`.
 * @param onSources receives what the machine is made of, also of one that cannot be loaded.
 * @throws {ProblemError} when it cannot be bundled, throws, or exports something else; the
 * problem names the author's file, line and column.
 */
export async function loadMachine(path: string, onSources?: OnSources): Promise<LoadedMachine> {
  await requireFile(path);
  const recorder = new SourceRecorder(path);
  const report = () => onSources?.(recorder.files);
  const { code, fileName, sourceHash, locate, map } = await bundleMachine(path, recorder).finally(
    report,
  );
  const folder = dirname(path);
  const bundle = { code, fileName, map, file: path, folder, offset: CODE_OFFSET };
  locators.add(locate);
  const forget = () => locators.delete(locate);
  const source = new Source(async () => {
    const guard = new Guard();
    const { machine, scenarios } = evaluate(code, fileName, path, { locate, guard });
    if (onSources && isChildProcess(machine)) {
      await recorder.addCommand(machine.command, dirname(path));
      report();
    }
    const onPrinted = (text: string) => guard.output.add('stderr', text);
    const live = await connect(machine, path, { sourceHash, locate }, onPrinted);
    const { answerMsMax } = live;
    const watch = new ThreadWatch(live.locate, { answerMsMax, hasScript: true });
    return { scenarios, guard, watch, bundle, ...live };
  });
  try {
    const loaded = await source.load();
    return { ...loaded, close: () => loaded.close().finally(forget) };
  } catch (error) {
    forget();
    throw error;
  }
}

/** A source that can be evaluated repeatedly. Closing the first machine closes all others. */
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
 * Loads a machine for a task, and closes it afterwards.
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

/** Turns a declared machine into one that can be run. */
async function connect(
  declared: Exported,
  path: string,
  { sourceHash, locate }: Pick<LoadedMachine, 'sourceHash' | 'locate'>,
  onPrinted: (text: string) => void,
): Promise<Live> {
  const folder = dirname(path);
  if (!isChildProcess(declared)) {
    return { ...(await connectStorage(declared, folder)), sourceHash, locate };
  }
  const { connectProcess, RemotePanic } = await import('../process/process-machine.ts');
  return {
    ...(await connectProcess(declared, folder, { onPrinted })),
    sourceHash: await hashCommand(sourceHash, declared.command, folder),
    locate: (error, within) =>
      isInstance(error, RemotePanic) ? error.source : locate(error, within),
  };
}

/** Extends a digest by the files that a command names. */
async function hashCommand(
  sourceHash: string,
  command: readonly string[],
  folder: string,
): Promise<string> {
  const files = await filesOfCommand(command, folder);
  const texts = await Promise.all(
    files.map((file) => readFile(file, 'latin1').catch(() => undefined)),
  );
  const found = texts.filter((text) => text !== undefined);
  return hashText([sourceHash, JSON.stringify(command), ...found.map(hashText)].join('\n'));
}

/** A machine with another time limit of a step. */
export function withTimeLimit(loaded: LoadedMachine, limitMs: number | undefined): LoadedMachine {
  if (limitMs === undefined) return loaded;
  const afresh = async () => withTimeLimit(await loaded.afresh(), limitMs);
  return { ...loaded, afresh, watch: loaded.watch.limitedTo(limitMs) };
}

/** What a person can choose from in a machine. */
export function describeMachine({ machine, scenarios, sourceHash }: LoadedMachine): MachineInfo {
  return {
    name: machine.name,
    description: machine.description,
    sourceHash,
    invariants: Object.keys(machine.invariants),
    views: Object.keys(machine.views ?? {}),
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
 * @throws {ProblemError} when no scenario has that name.
 */
export function findScenario(loaded: LoadedMachine, name: string | undefined): AnyScenario {
  const { machine, scenarios } = loaded;
  const found = name === undefined ? scenarios[0] : scenarios.find((one) => one.name === name);
  if (found) return found;
  if (name === undefined || scenarios.length === 0) {
    throw new ProblemError(noScenarios(machine.name));
  }
  throw new ProblemError({
    title: `The machine ${machine.name} has no scenario named "${name}".`,
    remedy: chooseAmong(
      name,
      scenarios.map((one) => one.name),
    ),
  });
}

/**
 * The fault profile of a name: one that every machine has, or one of the machine's own.
 *
 * @throws {ProblemError} when no fault profile has that name.
 */
export function findFaultProfile({ machine }: LoadedMachine, name: string): FaultProfile {
  const profiles = faultProfilesOf(machine);
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found) return found;
  throw new ProblemError({
    title: `There is no fault profile named "${name}".`,
    remedy: chooseAmong(name, Object.keys(profiles)),
  });
}

async function requireFile(path: string): Promise<void> {
  requireWithinReach(path);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) return;
  const remedy = 'Give the path of the .ts or .js file that exports the machine.';
  if (!stats) throw missingFile(path, remedy);
  throw new ProblemError({ title: `${path} is a folder, not a machine file.`, remedy });
}

/** Evaluates the bundle with guarded globals and returns what it exports, checked. */
function evaluate(
  code: string,
  fileName: string,
  path: string,
  { locate, guard }: Pick<LoadedMachine, 'locate' | 'guard'>,
): ReturnType<typeof checkExports> {
  const compile = (body: string, parameters: readonly string[], filename: string) =>
    compileFunction(body, parameters, { filename, lineOffset: -1 });
  signs.loading(true);
  const run = () =>
    guard.evaluate(code, { fileName, globals: globalThis, compile, consoleTo: capturedConsole });
  try {
    const exported = run();
    const [added] = takeBackInherited();
    if (added !== undefined) {
      throw addsToEveryObject(added, placeOfAddition(added, run, locate) ?? basename(path));
    }
    const checkedExports = checkExports(exported, path);
    // What it exports may have getters, which are code of the author as well.
    guard.requireBuiltIns();
    return checkedExports;
  } catch (thrown) {
    const error = guard.causeOf(thrown);
    if (isInstance(error, ProblemError)) throw error;
    const place = locate(error) ?? locate(errorAtThrow(run)) ?? basename(path);
    if (isInstance(error, BuiltInReplacedError)) throw replacesBuiltIn(error.builtIn, place);
    throw new ProblemError(
      {
        title: `The machine file threw while it was loaded, at ${place}: ${describeThrown(error)}`,
        remedy: 'Correct the source and try again.',
      },
      { cause: error },
    );
  } finally {
    signs.loading(false);
  }
}

/** Takes back what every object of this process would inherit, and returns the names. */
function takeBackInherited(): readonly string[] {
  const added: string[] = [];
  for (const key in {}) if (Reflect.deleteProperty(Object.prototype, key)) added.push(key);
  return added;
}

/** Runs a module once more, to see where it adds something to `Object.prototype`. */
function placeOfAddition(key: string, run: () => unknown, locate: LocateError): string | undefined {
  const set = () => {
    throw new Error(`Object.prototype.${key} is set`);
  };
  // A trap for the length of one call: the place of the write is known nowhere else.
  Reflect.defineProperty(Object.prototype, key, { set, configurable: true });
  try {
    run();
    return undefined;
  } catch (error) {
    return locate(error);
  } finally {
    Reflect.deleteProperty(Object.prototype, key);
    takeBackInherited();
  }
}

function replacesBuiltIn(name: string, place: string): ProblemError {
  return new ProblemError({
    title: `The machine file replaces ${name}, at ${place}.`,
    remedy: 'All of the program uses it. Write a function of your own, and call that instead.',
  });
}

function addsToEveryObject(key: string, place: string): ProblemError {
  return new ProblemError({
    title: `The machine file adds "${key}" to Object.prototype, at ${place}.`,
    remedy: 'Every object of the program would inherit it. Keep it in a variable of the module.',
  });
}
