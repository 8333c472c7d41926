import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseSpotStep, spotSchema, VIEW_NAMES } from '../../contract/place.ts';
import { launchSchema, type Launch } from '../../contract/window.ts';
import { ProblemError } from '../../problem.ts';
import { parseSeed } from '../../text/quantities.ts';
import { openedAs } from '../files/file-kind.ts';
import { missingFile } from '../files/refusals.ts';
import { statsOf } from '../files/stats.ts';
import { findMachine, storyLaunch } from '../load/samples.ts';
import { A_TRACE, RUN_SETTINGS, withOptionRules, type OptionRule } from './option-rules.ts';
import {
  type CommandModule,
  FAULTS,
  INPUTS,
  OPERATIONS,
  SCENARIO,
  typed,
  viewOption,
} from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { withProject } from './project-options.ts';
import { windowArguments } from './window-start.ts';

/** The options of `open`. */
export interface OpenOptions {
  readonly scenario?: string;
  readonly inputs?: string;
  readonly seed?: bigint;
  readonly operations?: number;
  readonly faults?: string;
  readonly step?: number;
  readonly view?: string;
  readonly where?: string;
  readonly path?: string;
  readonly present?: boolean;
  /** Traces whose notes are presented after those of the first. */
  readonly then?: readonly string[];
  readonly story?: boolean;
  /** The machine of a trace. */
  readonly machine?: string;
}

/** Where in a run the window begins. */
const SPOT = ['--step', '--view', '--where', '--path'];

const RULES: readonly OptionRule[] = [
  {
    options: ['argument', ...RUN_SETTINGS, ...SPOT, '--present', '--then', '--machine'],
    excludes: ['--story'],
  },
  { options: ['--then'], needs: ['--present'] },
  { options: RUN_SETTINGS, target: A_TRACE },
];

/** `phasmoscope open`: opens the window on a file, a machine or the last session. */
export const OPEN: CommandModule = {
  examples: [
    [
      'Open a trace at a step, with its causes',
      'open unchecked.jsonl.gz --step 77 --view causality',
    ],
    [
      'Open a trace with its machine, to run, explain and shrink it',
      'open seed-7.jsonl.gz --machine ./machine.ts',
    ],
    ['Present the sample story', 'open --story'],
    ['Run a seed of a machine in the window', 'open ./machine.ts --seed 7 --faults chaos'],
  ],
  declare: (command) =>
    withOptionRules(
      withProject(command, false)
        .argument(
          '[target]',
          'a trace file, the name of a sample, or a machine file (default: that of the project)',
        )
        .option(...SCENARIO)
        .option(...INPUTS)
        .option('--seed <n>', 'the seed to run', typed(parseSeed))
        .option(...OPERATIONS)
        .option(...FAULTS)
        .option(
          '--step <number>',
          'the step to go to; -1 is the initial state',
          typed(parseSpotStep),
        )
        .addOption(viewOption('the view to show', VIEW_NAMES))
        .option('--where <expression>', 'show the steps alone at which it is true')
        .option('--path <path>', 'choose this in the state, such as \'bookings["Monday 09:15"]\'')
        .option('--machine <machine>', 'the machine of a trace, to run it and to draw its views')
        .option('--present', 'present the notes of the trace')
        .option('--then <files...>', 'present the notes of these traces after them')
        .option('--story', 'present the sample story: from a failing seed to a mended machine'),
      RULES,
    ),
  run: openCommand,
};

async function openCommand(target: string | undefined, options: OpenOptions): Promise<ExitCode> {
  const launch = await launchOf(target, options);
  const child = spawn(process.execPath, windowArguments(launch), { stdio: 'inherit' });
  return new Promise((done) => {
    child.on('exit', (code) => done(code === 0 ? EXIT.done : EXIT.refused));
  });
}

async function launchOf(target: string | undefined, options: OpenOptions): Promise<Launch> {
  if (options.story) return storyLaunch();
  if (target === undefined) {
    // A session says itself what is shown of it.
    const [given] = Object.keys(withoutUndefined(options));
    if (given === undefined) return { kind: 'lastSession' };
    throw new ProblemError(
      options.present
        ? {
            title: 'There is no trace to present.',
            remedy: 'Name its file, or present the sample story with --story.',
          }
        : {
            title: `--${given} is about a trace or a machine, and none is given.`,
            remedy: 'Name its file, or leave the options out to open the last session.',
          },
    );
  }
  const path = resolve(target);
  const kind = openedAs(path);
  const { step, view, where, path: chosen } = options;
  const spot = spotSchema.parse(withoutUndefined({ step, view, where, path: chosen }));
  const isFile = statsOf(path)?.isFile() === true;
  const { present: isPresented, then, machine } = options;
  if (isFile && kind === 'trace') {
    const named = machine === undefined ? {} : { machine: findMachine(machine, process.cwd()) };
    const sequels =
      then === undefined ? {} : { sequels: then.map((file) => ({ path: traceToTell(file) })) };
    return { kind, path, spot, ...named, ...(isPresented ? { isPresented } : {}), ...sequels };
  }
  if (machine !== undefined) {
    throw new ProblemError({
      title: `--machine names the machine of a trace, and ${target} is not a trace file.`,
      remedy: 'Name the machine alone to open it: npx phasmoscope open MACHINE.',
    });
  }
  if (isPresented) throw nothingToPresent(target);
  if (isFile && kind === 'inputs') {
    throw new ProblemError({
      title: `${path} holds inputs, but does not name their machine.`,
      remedy: 'Open the machine with them: npx phasmoscope open MACHINE --inputs FILE.',
    });
  }
  const { seed, operations: operationsMax } = options;
  return launchSchema.parse({
    kind: 'machine',
    machine: findMachine(target, process.cwd()),
    ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
    ...(options.inputs === undefined ? {} : { inputs: resolve(options.inputs) }),
    ...(seed === undefined ? {} : { seed: seed.toString() }),
    ...(operationsMax === undefined ? {} : { operationsMax }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    spot,
  });
}

/** @throws {ProblemError} when it is not a trace file. */
function traceToTell(file: string): string {
  const path = resolve(file);
  if (statsOf(path)?.isFile() !== true) throw missingFile(file);
  if (openedAs(path) === 'trace') return path;
  throw nothingToPresent(file);
}

function nothingToPresent(file: string): ProblemError {
  return new ProblemError({
    title: `${file} is not a trace file: only a trace has notes to present.`,
    remedy: 'Save the run with its notes, and open that file.',
  });
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
