import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import { formatPlural } from '../../text/quantities.ts';
import { quoteForShell } from '../../text/shell.ts';
import { operationsOf } from '../../trace/compare/verify.ts';
import type { Trace } from '../../trace/trace.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { findScenario, withMachine } from '../load/machine-loader.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { exportedTest } from '../report/exported-test.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { reproduce } from '../testing.ts';
import { chooseFinding } from './finding-choice.ts';
import { type CommandModule, JSON_FLAG, outputFile, TRACE_MACHINE } from './options.ts';
import { EXIT, OUTPUT, requireWritable, type ExitCode } from './output.ts';
import { showWhile } from './progress.ts';
import { machinePathOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `export-test`. */
export interface ExportTestOptions {
  readonly out: string;
  readonly machine?: string;
  readonly finding?: string;
  readonly json?: boolean;
}

/** `phasmoscope export-test`: writes a failing run as a test, which fails until the machine is corrected. */
export const EXPORT_TEST: CommandModule = {
  examples: [
    ['Write a run that was shrunk as a test', 'export-test minimal.jsonl --out unchecked.test.ts'],
  ],
  declare: (command) =>
    command
      .argument('<file>', 'a trace file, preferably one that `phasmoscope shrink` wrote')
      .requiredOption('--out <file>', 'the test file to write', outputFile)
      .option('--finding <name>', 'the finding to test (default: the one it was shrunk to)')
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: exportTestCommand,
};

/** See {@link EXPORT_TEST}. */
export async function exportTestCommand(
  file: string,
  options: ExportTestOptions,
): Promise<ExitCode> {
  const { trace } = await readTraceFile(file);
  const finding = chooseFinding(trace, options, file);
  const machinePath = await machinePathOf(trace.header, options.machine);
  const out = resolve(options.out);
  await requireWritable(out, OUTPUT.test);
  const operations = operationsOf(trace).slice(0, Math.max(finding.stepIndex + 1, 0));
  const scenario = await scenarioOf(trace, machinePath, finding);
  const isMended = await showWhile(
    `Running ${formatPlural(operations.length, 'operation')}`,
    async () => !(await fails(trace, machinePath, scenario, operations, finding)),
  );
  await writeWholeFile(
    out,
    exportedTest({
      header: trace.header,
      scenario,
      operations,
      finding,
      machineFrom: urlFrom(dirname(out), machinePath),
    }),
  );
  const { kind, name } = finding;
  if (options.json) {
    printJson({ file, out: options.out, finding: { kind, name }, fails: !isMended });
    return EXIT.done;
  }
  const { command, remarks } = howToRun(out, process.cwd());
  if (isMended) {
    printLine(`${options.out} passes: the current machine keeps "${name}". ${command}`);
  } else printLine(`${options.out} fails until the machine keeps "${name}": ${command}`);
  for (const remark of remarks) printLine(style.dim(remark));
  const missing = packagesMissing(out);
  if (missing.length > 0) {
    printLine(
      style.yellow(
        `It needs packages that are not installed: npm install -D ${missing.map(quoteForShell).join(' ')}`,
      ),
    );
  }
  return EXIT.done;
}

/** The names of the files that vitest runs by default. */
const TEST_NAME = /\.(?:test|spec)\.[cm]?[jt]sx?$/;
const CONFIG_NAME = /^vite(?:st)?\.config\.[cm]?[jt]s$/;

/**
 * The command that runs a test, with what may keep vitest from finding it.
 *
 * @param from the folder in which the command is given.
 */
export function howToRun(
  test: string,
  from: string,
): { readonly command: string; readonly remarks: readonly string[] } {
  const isBelow = test.startsWith(from.endsWith(sep) ? from : from + sep);
  // Vitest looks for tests below its root only, which is the folder that it is run in.
  const root = isBelow ? from : dirname(test);
  // The whole path: vitest would also run files whose path contains a shorter one.
  const words = ['vitest', 'run', ...(isBelow ? [] : ['--root', root]), test];
  const command = `npx ${words.map(quoteForShell).join(' ')}`;
  const config = configAbove(root);
  return {
    command,
    remarks: [
      ...(TEST_NAME.test(test)
        ? []
        : ['By default, vitest takes only files named like left.test.ts for tests: change --out.']),
      ...(config === undefined
        ? []
        : [
            `If vitest finds no test there, it must lie elsewhere: in a folder that "include" in ${config} names and "exclude" does not. Give --out a path in it.`,
          ]),
    ],
  };
}

/** The configuration that vitest takes for a root: the nearest one in it or above it. */
function configAbove(root: string): string | undefined {
  const name = namesIn(root)
    .toSorted()
    .findLast((one) => CONFIG_NAME.test(one));
  if (name !== undefined) return join(root, name);
  return dirname(root) === root ? undefined : configAbove(dirname(root));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The relative URL of a file, in which what is special in a URL, such as `#` and `%`, is escaped. */
function urlFrom(folder: string, path: string): string {
  const names = relative(folder, path).split(sep);
  const url = names
    .map((name) => encodeURI(name).replaceAll(/[?#]/g, encodeURIComponent))
    .join('/');
  return url.startsWith('.') ? url : `./${url}`;
}

/**
 * Returns the scenario of a trace, if its machine has it; a file of inputs is not one of its scenarios.
 *
 * @throws {ProblemError} when the machine lacks a scenario that is needed, or is another machine.
 */
function scenarioOf(
  { header }: Trace,
  machinePath: string,
  { kind }: Finding,
): Promise<string | undefined> {
  return withMachine(machinePath, (loaded) => {
    const isOwn = loaded.machine.name === header.machine;
    const has = loaded.scenarios.some(({ name }) => name === header.scenario);
    if (has || (isOwn && kind !== 'settled'))
      return Promise.resolve(has ? header.scenario : undefined);
    return Promise.resolve(findScenario(loaded, header.scenario).name);
  });
}

async function fails(
  { header: { faults } }: Trace,
  machine: string,
  scenario: string | undefined,
  operations: readonly Operation[],
  { name }: Finding,
): Promise<boolean> {
  const judge = scenario === undefined ? {} : { scenario };
  const found = await reproduce({ machine, ...judge, faults, operations });
  return found.some((finding) => finding.name === name);
}

/** Returns the packages that must be installed before the test can run in its folder. */
function packagesMissing(test: string): readonly string[] {
  const { resolve: find } = createRequire(test);
  const packages = { 'vitest/package.json': 'vitest', 'phasmoscope/testing': PACKAGE_ROOT };
  return Object.entries(packages).flatMap(([imported, installed]) => {
    try {
      find(imported);
      return [];
    } catch {
      return [installed];
    }
  });
}
