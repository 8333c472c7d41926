import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { ProblemError } from '../../problem.ts';
import { messageOf } from '../../thrown.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

/** An error of the TypeScript compiler. */
export interface TypeProblem {
  /** Absolute; the author's tsconfig.json for an error in the settings. */
  readonly file: string;
  /** 1-based; absent for an error that is not at a place. */
  readonly line?: number;
  readonly column?: number;
  /** Such as `TS2339`. */
  readonly code: string;
  readonly message: string;
}

/** What type-checking a machine came to. */
export interface TypeCheck {
  /** Of the machine's own files and of its settings. */
  readonly problems: readonly TypeProblem[];
  /** The version of the compiler. */
  readonly version: string;
  /** The author's tsconfig.json; without one, our strict settings apply. */
  readonly config?: string;
}

interface Compiler {
  readonly path: string;
  readonly version: string;
}

/** For a machine file without a tsconfig.json in its folder or above. */
const STRICT_OPTIONS = {
  target: 'es2022',
  lib: ['es2023', 'dom'],
  module: 'preserve',
  moduleResolution: 'bundler',
  strict: true,
  resolveJsonModule: true,
  types: [],
};

/** Settings under which single files of any project can be checked without writing anything. */
const CHECK_OPTIONS = {
  noEmit: true,
  allowJs: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
  declaration: false,
  emitDeclarationOnly: false,
  isolatedDeclarations: false,
  rootDir: null,
  tsBuildInfoFile: null,
};

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Type-checks a machine file with the author's compiler and settings: those of the nearest
 * tsconfig.json, or strict ones of ours.
 *
 * TypeScript 7 has no JavaScript interface, so its `tsc` runs as a process on a temporary
 * configuration that extends the author's. It lies beside it: packages of types are looked for from
 * there.
 *
 * @param path of the machine file, absolute.
 * @param sources the author's own files that the machine is made of; errors elsewhere are left out.
 * @throws {ProblemError} when there is no compiler, or the settings cannot be used.
 */
export async function checkTypes(path: string, sources: readonly string[]): Promise<TypeCheck> {
  const compiler = findCompiler(path);
  const config = findAbove(dirname(path), 'tsconfig.json');
  const folder = config ? dirname(config) : await mkdtemp(join(tmpdir(), 'phasmoscope-check-'));
  const temporary = join(folder, `tsconfig.phasmoscope-${process.pid}.json`);
  const remove = () => rmSync(config ? temporary : folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const settings = config ? await extending(compiler, config, path) : ownSettings(path);
    writeFileSync(temporary, JSON.stringify(settings));
    const output = await runCompiler(compiler, ['-p', temporary, '--pretty', 'false'], folder);
    const isOwn = new Set(sources);
    const problems = parseOutput(output, folder, temporary)
      .filter(({ file }) => isOwn.has(file) || file.endsWith('.json'))
      .map((one) => (one.file === temporary ? inSettings(one, config ?? path) : one));
    return { problems, version: compiler.version, ...(config ? { config } : {}) };
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      {
        title: `The types could not be checked: ${messageOf(error)}`,
        remedy: `Make sure that ${folder} can be written to.`,
      },
      { cause: error },
    );
  } finally {
    remove();
    process.off('exit', remove);
  }
}

const packageSchema = z.object({ version: z.string(), bin: z.object({ tsc: z.string() }) });

/** The author's compiler, or the one that Phasmoscope is installed with. */
function findCompiler(path: string): Compiler {
  for (const from of [path, join(PACKAGE_ROOT, 'package.json')]) {
    try {
      const found = createRequire(from).resolve('typescript/package.json');
      const { version, bin } = packageSchema.parse(JSON.parse(readFileSync(found, 'utf8')));
      return { path: join(dirname(found), bin.tsc), version };
    } catch {
      // It is not installed there, or is something else: the next place is tried.
    }
  }
  throw new ProblemError({
    title: 'The types cannot be checked: TypeScript is not installed.',
    remedy: 'Install it beside the machine: npm install -D typescript',
  });
}

function findAbove(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : findAbove(parent, name);
}

const shownSchema = z.object({
  compilerOptions: z
    .object({ paths: z.record(z.string(), z.array(z.string())).optional() })
    .optional(),
  files: z.array(z.string()).default([]),
});

/** Settings that are the author's, for the machine file and the declarations of the project. */
async function extending(compiler: Compiler, config: string, path: string): Promise<object> {
  const folder = dirname(config);
  const output = await runCompiler(compiler, ['--showConfig', '-p', config], folder);
  let shown: z.infer<typeof shownSchema>;
  try {
    shown = shownSchema.parse(JSON.parse(output));
  } catch (error) {
    throw new ProblemError(
      {
        title: `${config} cannot be used: ${output.trim()}`,
        remedy: 'Correct it and try again.',
      },
      { cause: error },
    );
  }
  const paths = shown.compilerOptions?.paths ?? {};
  const isKnown = 'phasmoscope' in paths || isInstalled(path);
  return {
    extends: config,
    compilerOptions: {
      ...CHECK_OPTIONS,
      ...(isKnown ? {} : { paths: { ...paths, ...ownPaths() } }),
    },
    files: [path, ...shown.files.filter((file) => /\.d\.[cm]?ts$/.test(file))],
    include: [],
    references: [],
  };
}

function ownSettings(path: string): object {
  return {
    compilerOptions: {
      ...STRICT_OPTIONS,
      ...CHECK_OPTIONS,
      ...(isInstalled(path) ? {} : { paths: ownPaths() }),
    },
    files: [path],
  };
}

/** Whether the author's folder depends on Phasmoscope, so that its types are found. */
function isInstalled(path: string): boolean {
  return (
    findAbove(dirname(path), join('node_modules', 'phasmoscope', 'package.json')) !== undefined
  );
}

function ownPaths(): Readonly<Record<string, readonly string[]>> {
  const types = join(PACKAGE_ROOT, 'dist/types');
  return {
    phasmoscope: [join(types, 'index.d.ts')],
    'phasmoscope/testing': [join(types, 'node/testing.d.ts')],
  };
}

/** What the compiler runs on: the installed program is no Node, but whoever has a compiler has one. */
const NODE = process.versions['electron'] === undefined ? process.execPath : 'node';

/** What the compiler prints. Its exit code says no more than that. */
function runCompiler({ path }: Compiler, args: readonly string[], folder: string): Promise<string> {
  return new Promise((done, fail) => {
    const options = { cwd: folder, maxBuffer: OUTPUT_BYTES_MAX };
    execFile(NODE, [path, ...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') fail(error);
      else done(stdout + stderr);
    });
  });
}

/** Errors as `tsc --pretty false` prints them: lines that go on are indented. */
function parseOutput(output: string, folder: string, settings: string): readonly TypeProblem[] {
  const problems: TypeProblem[] = [];
  for (const line of output.split(/\r?\n/)) {
    const [, file, at, column, code, message] =
      /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(line) ?? [];
    const last = problems.at(-1);
    if (code !== undefined && message !== undefined) {
      const place = { line: Number(at), column: Number(column) };
      problems.push({
        file: file === undefined ? settings : resolve(folder, file),
        ...(file === undefined ? {} : place),
        code,
        message,
      });
    } else if (last && line.startsWith(' ')) {
      problems.splice(-1, 1, { ...last, message: `${last.message}\n${line}` });
    }
  }
  return problems;
}

/** The line in the temporary settings would only mislead. */
function inSettings({ code, message }: TypeProblem, file: string): TypeProblem {
  return { file, code, message };
}

/** Where an error is, relative to a folder: `machine.ts:12:5`. */
export function placeOfTypeProblem({ file, line, column }: TypeProblem, folder: string): string {
  const name = relative(folder, file) || file;
  return line === undefined ? name : `${name}:${line}:${column}`;
}
