import { relative } from 'node:path';
import { beginWithin } from '../../engine/driving.ts';
import { Executor } from '../../engine/executor.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { showName } from '../../text/visible.ts';
import { describeMachine, withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { surveyMachine, type Lack, type ScenarioSurvey } from '../load/machine-survey.ts';
import { findMachine, pathOfMachine } from '../load/samples.ts';
import { checkTypes, placeOfTypeProblem, type TypeCheck } from '../load/type-check.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { drawInitialState, viewsOf } from '../runs/drawing.ts';
import { type CommandModule, JSON_FLAG, MACHINE } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { withProject } from './project-options.ts';

/** `phasmoscope check`: type-checks a machine file, lists what is in it, and says what is missing. */
export const CHECK: CommandModule = {
  examples: [['Check the types of a machine, and list its scenarios', 'check ./machine.ts']],
  declare: (command) => withProject(command.argument(...MACHINE).option(...JSON_FLAG)),
  run: checkCommand,
};

async function checkCommand(
  machineText: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const path = pathOfMachine(findMachine(machineText, process.cwd()));
  let sources: readonly string[] = [];
  const surveyed = await withMachine(
    path,
    async (loaded) => {
      const survey = await surveyMachine(loaded);
      const { waivers = {}, records = {} } = loaded.machine;
      return {
        ...survey,
        lacks: [...survey.lacks, ...(await undrawnViews(loaded))],
        info: describeMachine(loaded),
        waivers,
        records: Object.keys(records),
        views: Object.keys(viewsOf(loaded)),
      };
    },
    (found) => {
      sources = found.own;
    },
  );
  const line = new ProgressLine();
  line.show(() => 'Checking the types');
  const types = await checkTypes(path, sources);
  line.clear();
  const { info, waivers, records, views, scenarios, lacks } = surveyed;
  const { name, description, invariants } = info;
  const faultProfiles = info.faultProfiles.map((profile) => profile.name);
  if (options.json) {
    const machine = { file: path, machine: name, description, types, invariants };
    const declared = { faultProfiles, waivers, records, views };
    printJson({ ...machine, ...declared, scenarios, missing: lacks });
  } else {
    printLine(style.bold(name), `  ${description}`);
    printTable([
      ['types', describeTypes(types)],
      ['invariants', invariants.join(', ') || 'none'],
      ['fault profiles', describeProfiles(faultProfiles)],
      ['records', records.map(showName).join(', ') || 'none declared'],
      ['views', views.map(showName).join(', ') || 'none'],
      ...Object.entries(waivers).map(([rule, why]) => ['waived', `${rule}: ${why}`] as const),
      ['scenarios', scenarios.length === 0 ? 'none' : formatCount(scenarios.length)],
    ]);
    for (const scenario of scenarios) printScenario(scenario);
    printTypes(types);
    for (const lack of lacks) printLack(lack);
  }
  const isSound = types.problems.length === 0 && !lacks.some(({ isNeeded }) => isNeeded);
  return isSound ? EXIT.done : EXIT.found;
}

/** The views that cannot draw even the initial state. */
async function undrawnViews(loaded: LoadedMachine): Promise<readonly Lack[]> {
  const names = Object.keys(viewsOf(loaded));
  if (names.length === 0) return [];
  const { machine, guard, watch, locate } = loaded;
  const executor = await beginWithin({ watch, guard }, () => {
    guard.enterAside();
    try {
      return new Executor(machine, { guard, locate });
    } finally {
      guard.leaveAside();
    }
  });
  try {
    const lacks: Lack[] = [];
    for (const name of names) {
      const drawn = await drawInitialState(loaded, name, executor.initialState);
      if (drawn?.kind !== 'undrawn') continue;
      const { title, remedy } = drawn.problem;
      lacks.push({ title: `${title} That was the initial state.`, remedy, isNeeded: true });
    }
    return lacks;
  } finally {
    executor.close();
  }
}

function describeTypes({ problems, version, config }: TypeCheck): string {
  const count = formatPlural(problems.length, 'error');
  const settings = config === undefined ? 'strict settings' : relative(process.cwd(), config);
  return `${problems.length === 0 ? 'no errors' : count} (TypeScript ${version}, ${settings})`;
}

function describeProfiles(names: readonly string[]): string {
  return names
    .map((name) => (Object.hasOwn(FAULT_PROFILES, name) ? name : `${name} (its own)`))
    .join(', ');
}

const ANSWERS: Readonly<Record<ScenarioSurvey['answeredBy'], string>> = {
  'external systems': 'answered by a model of the external systems',
  'the scenario itself': 'answered by the completions that the scenario gives',
  nothing: 'never answered',
  'none were emitted': 'none were emitted',
};

function printScenario(scenario: ScenarioSurvey): void {
  const { name, description, seed, operations, answeredBy, settled, sometimes } = scenario;
  printLine();
  printLine(style.bold(name), `  ${description}`);
  printTable([
    ['defaults', `seed ${seed}, ${formatCount(operations)} operations`],
    ['tracked actions', ANSWERS[answeredBy]],
    ['settled', settled.join(', ') || 'none'],
    ['sometimes', sometimes.join(', ') || 'none'],
  ]);
}

function printTypes({ problems }: TypeCheck): void {
  if (problems.length > 0) printLine();
  for (const problem of problems) {
    const place = placeOfTypeProblem(problem, process.cwd());
    const [first = '', ...more] = problem.message.split('\n');
    printLine(`${place}: `, style.red('error'), ` ${problem.code}: ${first}`);
    for (const line of more) printLine(line);
  }
}

function printLack({ title, remedy, isNeeded }: Lack): void {
  printLine();
  printLine((isNeeded ? style.red : style.yellow)('missing:'), ` ${title}`);
  if (remedy !== undefined) printLine(remedy);
}
