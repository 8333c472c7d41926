import { ScenarioError } from '../../engine/scenario-guard.ts';
import type { Finding } from '../../machine/finding.ts';
import type { MachineTypes } from '../../machine/machine.ts';
import { noScenarios, type AnyScenario, type Driver } from '../../machine/scenario.ts';
import type { Problem } from '../../problem.ts';
import { byCount, formatCount, formatPlural, parseSeed, valueOf } from '../../text/quantities.ts';
import type { LoadedMachine } from './machine-loader.ts';
import { findUnrepeated } from './repetition.ts';
import { findForgetfulRestore } from './restart-trial.ts';
import { tryBeginning } from './trial.ts';

/** How many operations of each scenario are tried, to see whether actions are answered. */
const TRIAL_OPERATIONS = 200;
const TRIAL_MS = 2_000;

/** What a scenario does and what it is judged by. */
export interface ScenarioSurvey {
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  readonly operations: number;
  /** What tracked actions were answered by when the scenario was tried. */
  readonly answeredBy: 'external systems' | 'the scenario itself' | 'nothing' | 'none were emitted';
  /** Names of what must hold at the end of a run. */
  readonly settled: readonly string[];
  /** Names of what must be reached at least once in a sweep. */
  readonly sometimes: readonly string[];
}

/** Something that a machine file lacks. */
export interface Lack extends Problem {
  /** A machine that cannot be run without it; otherwise its runs say less than they could. */
  readonly isNeeded: boolean;
}

/** What there is in a machine file, and what is missing. */
export interface MachineSurvey {
  readonly scenarios: readonly ScenarioSurvey[];
  readonly lacks: readonly Lack[];
}

/** Looks at a machine and tries the beginning of each of its scenarios, without faults. */
export async function surveyMachine(loaded: LoadedMachine): Promise<MachineSurvey> {
  const { machine } = loaded;
  const scenarios: ScenarioSurvey[] = [];
  const lacks: Lack[] = [];
  if (loaded.scenarios.length === 0) lacks.push({ ...noScenarios(machine.name), isNeeded: true });
  if (Object.keys(machine.invariants).length === 0) {
    lacks.push({
      title: 'The machine has no invariants: a wrong state is not noticed.',
      remedy:
        "Add what must hold after every step: invariants: { 'never negative': (state) => state.n >= 0 }.",
      isNeeded: false,
    });
  }
  for (const scenario of loaded.scenarios) {
    const { survey, lack } = await tryScenario(loaded, scenario);
    scenarios.push(survey);
    if (lack) lacks.push(lack);
    const unrepeated = lack?.isNeeded ? undefined : await findUnrepeated(loaded, scenario);
    if (unrepeated) lacks.push({ ...unrepeated, isNeeded: true });
    const forgetful = lack?.isNeeded ? undefined : await findForgetfulRestore(loaded, scenario);
    // It is one defect, however many scenarios show it.
    if (forgetful && !lacks.some(({ title }) => title === forgetful.title)) {
      lacks.push({ ...forgetful, isNeeded: true });
    }
  }
  return { scenarios, lacks };
}

async function tryScenario(
  loaded: LoadedMachine,
  scenario: AnyScenario,
): Promise<{ readonly survey: ScenarioSurvey; readonly lack?: Lack }> {
  const { name, description, defaults } = scenario;
  let driver: Driver<MachineTypes> | undefined;
  let sometimes: readonly string[] = [];
  let [emitted, answered] = [0, 0];
  let hang: Finding | undefined;
  let lack: Lack | undefined;
  try {
    await tryBeginning(loaded, {
      scenario: {
        ...scenario,
        start: (random, faults) => (driver = scenario.start(random, faults)),
      },
      seed: valueOf(parseSeed(defaults.seed)),
      stepsMax: TRIAL_OPERATIONS,
      msMax: TRIAL_MS,
      observe: ({ operation, actions, findings }, run) => {
        sometimes = Object.keys(run.sometimes);
        if (operation.kind === 'trackedActionCompleted') answered += 1;
        emitted += actions.filter(({ kind }) => kind === 'tracked').length;
        hang = findings.find(({ kind }) => kind === 'hang');
      },
    });
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    lack = { title: error.message, remedy: 'Correct the scenario.', isNeeded: true };
  }
  let answeredBy: ScenarioSurvey['answeredBy'] = 'none were emitted';
  if (driver?.external) answeredBy = 'external systems';
  else if (answered > 0) answeredBy = 'the scenario itself';
  else if (emitted > 0) answeredBy = 'nothing';
  if (hang) lack = stepHangs(name, hang);
  else if (answeredBy === 'nothing') lack ??= nothingAnswers(name, emitted);
  const survey = {
    name,
    description,
    ...defaults,
    answeredBy,
    settled: Object.keys(driver?.external?.settled ?? {}),
    sometimes,
  };
  return lack ? { survey, lack } : { survey };
}

function stepHangs(scenario: string, { stepIndex, message, shape, source }: Finding): Lack {
  const place = source === undefined ? '' : ` (${source})`;
  return {
    title: `Step ${formatCount(stepIndex)} of the scenario ${scenario}, ${shape}: ${message.replace(/\.$/, '')}${place}.`,
    remedy: 'Correct the machine: every step ends.',
    isNeeded: true,
  };
}

function nothingAnswers(scenario: string, emitted: number): Lack {
  const were = byCount(emitted, 'was', 'were');
  return {
    title: `Nothing answers in the scenario ${scenario}. ${formatPlural(emitted, 'tracked action')} ${were} emitted, and no result came back.`,
    remedy:
      'Add a model of the external systems (external: { receive() { … } }), or give completions in ' +
      'next. core/machine/README.md shows both.',
    isNeeded: false,
  };
}
