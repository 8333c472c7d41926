import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { z } from 'zod';
import type { ProjectConfig } from '../../machine/project-config.ts';
import { ProblemError } from '../../problem.ts';
import {
  parseCount,
  parseOperations,
  parseSeed,
  parseSeedCount,
  parseSeedRange,
  parseTime,
  type Parsed,
  type Seeds,
} from '../../text/quantities.ts';
import { fit } from '../../text/schema.ts';
import { describeThrown } from '../../thrown.ts';
import { isWithinReach, requireWithinReach } from '../files/reach.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { errorsOfBuild } from './build-failure.ts';
import { readCatalog } from './samples.ts';
import { foldersAbove } from './source-files.ts';

/** The names of a configuration, in the order in which they are looked for in a folder. */
const NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((end) => `phasmoscope.config.${end}`);
const WORKERS_MAX = 256;

/** The settings of a project, with the names and values that options of commands have. */
export interface ProjectSettings {
  readonly scenario?: string | undefined;
  readonly faults?: string | undefined;
  readonly seed?: bigint | undefined;
  /** The seeds of a sweep: the first and the last one, their number, or a time in milliseconds. */
  readonly seeds?: Seeds | undefined;
  readonly count?: number | undefined;
  readonly timeBudget?: number | undefined;
  readonly operations?: number | undefined;
  /** In milliseconds. */
  readonly timeLimit?: number | undefined;
  readonly workers?: number | undefined;
  /** Absolute. */
  readonly traces?: string | undefined;
}

/** A folder with a configuration. */
export interface Project {
  /** The configuration file. */
  readonly file: string;
  /** An absolute path, or the name of a sample. */
  readonly machine?: string | undefined;
  readonly settings: ProjectSettings;
}

/**
 * Loads the configuration of the project that a folder belongs to: that of the folder, or of the nearest
 * one above. Its code is executed, so only commands that execute the machine may ask.
 *
 * @returns nothing where there is no configuration.
 * @throws {ProblemError} when it cannot be loaded, or is wrong; the problem names the file and the field.
 */
export async function loadProject(folder: string): Promise<Project | undefined> {
  const file = [...foldersAbove([folder])]
    .flatMap((above) => NAMES.map((name) => join(above, name)))
    .find((path) => existsSync(path) && isWithinReach(path));
  if (file === undefined) return undefined;
  const shown = relative(folder, file);
  return toProject(file, shown, await readConfig(file, shown));
}

/** What a configuration file exports, checked. */
async function readConfig(file: string, shown: string): Promise<Config> {
  try {
    const config = file.endsWith('.json')
      ? (JSON.parse(await readFile(file, 'utf8')) as unknown)
      : exportedBy(evaluate(await bundle(file), file));
    // Reading it may run code of the author, too: getters.
    return checked(config, shown);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      {
        title: `${shown} cannot be loaded: ${reasonOf(error)}`,
        remedy: 'Correct it and try again.',
      },
      { cause: error },
    );
  }
}

function exportedBy(exported: { readonly default?: unknown }): unknown {
  return exported.default ?? exported;
}

async function bundle(file: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outfile: 'config.js',
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { phasmoscope: join(PACKAGE_ROOT, 'core/index.ts') },
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** Runs the code as Node runs a CommonJS module in the place of the file. */
function evaluate(code: string, file: string): { readonly default?: unknown } {
  const module = { exports: {} };
  const names = ['module', 'exports', 'require', '__filename', '__dirname'];
  const run = compileFunction(code, names, { filename: file }) as (...given: unknown[]) => void;
  run(module, module.exports, createRequire(file), file, dirname(file));
  return module.exports;
}

function reasonOf(error: unknown): string {
  const [first] = errorsOfBuild(error);
  if (!first) return describeThrown(error);
  const { location, text } = first;
  return location ? `${text} (${location.file}:${location.line}:${location.column + 1})` : text;
}

/** A setting that is written as the option of the same name is. */
function written<T>(parse: (text: string) => Parsed<T>, what: string) {
  return z
    .union([z.string(), z.number()], { error: `must be ${what}` })
    .transform((value, context) => {
      const parsed = parse(String(value));
      if (parsed.kind === 'ok') return parsed.value;
      context.addIssue({ code: 'custom', message: `must be ${what}, and ${value} is not` });
      return z.NEVER;
    })
    .optional();
}

const text = z.string({ error: 'must be a string' }).min(1, 'must not be empty').optional();

const SCHEMA = z.strictObject({
  $schema: text,
  machine: text,
  scenario: text,
  faults: text,
  seed: written(parseSeed, 'a seed'),
  seeds: written<Seeds | number>(
    (given): Parsed<Seeds | number> =>
      given.includes('..') ? parseSeedRange(given) : parseSeedCount(given),
    'a number of seeds, or a range such as "0..999"',
  ),
  operations: written(parseOperations, 'a number of operations'),
  timeLimit: written(parseTime, 'a time such as "500ms"'),
  timeBudget: written(parseTime, 'a time such as "60s"'),
  workers: written(
    (given) => parseCount(given, 'number of workers', WORKERS_MAX),
    'a number of threads',
  ),
  traces: text,
} satisfies Record<keyof ProjectConfig | '$schema', z.ZodType>);

type Config = z.infer<typeof SCHEMA>;

/** @throws {ProblemError} that names the field which is wrong. */
function checked(config: unknown, shown: string): Config {
  const fitted = fit(SCHEMA, config);
  if (fitted.kind === 'fits') {
    const { seeds, timeBudget } = fitted.value;
    if (seeds === undefined || timeBudget === undefined) return fitted.value;
    throw wrong(shown, 'gives both `seeds` and `timeBudget`', 'Leave one of them out.');
  }
  const { path, what, unknown } = fitted.misfit;
  if (unknown.length > 0) {
    const settings = Object.keys(SCHEMA.shape).filter((name) => name !== '$schema');
    const names = unknown.map((key) => `\`${key}\``).join(' and ');
    throw wrong(shown, `has no setting ${names}`, `The settings are: ${settings.join(', ')}.`);
  }
  if (path.length === 0) {
    throw wrong(
      shown,
      'does not export settings',
      'Write: export default defineConfig({ machine: "machine.ts" });',
    );
  }
  throw wrong(shown, `is wrong: \`${path.join('.')}\` ${what}`, 'Correct it.');
}

function wrong(shown: string, what: string, remedy: string): ProblemError {
  return new ProblemError({ title: `${shown} ${what}.`, remedy });
}

function toProject(
  file: string,
  shown: string,
  { $schema: _, machine, seeds, traces, ...others }: Config,
): Project {
  const ofSweep = typeof seeds === 'number' ? { count: seeds } : { seeds };
  const folder = traces === undefined ? undefined : resolve(dirname(file), traces);
  if (folder !== undefined) requireWithinReach(folder);
  return {
    file,
    machine: machine === undefined ? undefined : placeOf(machine, file, shown),
    settings: { ...others, ...ofSweep, traces: folder },
  };
}

function placeOf(machine: string, file: string, shown: string): string {
  const path = resolve(dirname(file), machine);
  if (existsSync(path)) {
    requireWithinReach(path);
    return path;
  }
  if (readCatalog().samples.some(({ name }) => name === machine)) return machine;
  throw wrong(
    shown,
    `names a machine that is not there: \`machine\` is ${JSON.stringify(machine)}`,
    `Give the path of its source, relative to ${basename(file)}, or the name of a sample.`,
  );
}
