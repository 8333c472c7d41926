import type { RunSettings } from '../../core/contract/tasks.ts';
import type { MachineInfo } from '../../core/contract/window.ts';
import { parseOperations, parseSeed, type Parsed } from '../../core/text/quantities.ts';

/** Run settings while they are being typed. */
export interface SettingsDraft extends Omit<RunSettings, 'operationsMax'> {
  readonly operations: string;
}

/** The settings before a machine brings its defaults. */
export const SETTINGS_DEFAULT: SettingsDraft = {
  scenario: '',
  seed: '0',
  operations: '10000',
  faults: 'none',
};

/** What is wrong with the settings, in sentences, by field. */
export interface SettingsProblems {
  /** No scenario is chosen, because no machine is open or it has none. */
  readonly scenario: string | undefined;
  readonly seed: string | undefined;
  readonly operations: string | undefined;
}

/** The defaults of a machine's scenario. */
export function proposeSettings(info: MachineInfo, scenarioName?: string): SettingsDraft {
  const scenario = info.scenarios.find(({ name }) => name === scenarioName) ?? info.scenarios[0];
  if (!scenario) return SETTINGS_DEFAULT;
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    operations: String(scenario.operations),
    faults: 'none',
  };
}

/** Whether a machine has the scenario of some settings; every machine takes inputs from a file. */
export function isKnownScenario(
  { scenarios }: Pick<MachineInfo, 'scenarios'>,
  { scenario, inputs }: Pick<RunSettings, 'scenario' | 'inputs'>,
): boolean {
  return inputs !== undefined || scenarios.some(({ name }) => name === scenario);
}

/** A fault profile, if a machine has it; otherwise there are no faults. */
export function knownFaults(info: Pick<MachineInfo, 'faultProfiles'>, faults: string): string {
  return info.faultProfiles.some(({ name }) => name === faults) ? faults : 'none';
}

/** What is wrong with the text of a field, and what to type instead; `undefined` for good text. */
export function problemOf(parsed: Parsed<unknown> | undefined): string | undefined {
  if (parsed?.kind !== 'err') return undefined;
  return `${parsed.problem.title} ${parsed.problem.remedy}`;
}

/** Returns a problem if there is nothing to run. */
export function problemOfScenario({
  scenario,
  inputs,
}: Pick<RunSettings, 'scenario' | 'inputs'>): string | undefined {
  return scenario === '' && inputs === undefined ? 'There is no scenario to run.' : undefined;
}

/** Parses the fields of the toolbar into the settings of a run, or into problems. */
export function readSettings({
  operations,
  seed: seedText,
  ...rest
}: SettingsDraft):
  | { readonly kind: 'ok'; readonly settings: RunSettings }
  | { readonly kind: 'err'; readonly problems: SettingsProblems } {
  const seed = parseSeed(seedText);
  const operationsMax = parseOperations(operations);
  const scenario = problemOfScenario(rest);
  if (seed.kind === 'ok' && operationsMax.kind === 'ok' && scenario === undefined) {
    return {
      kind: 'ok',
      settings: { ...rest, seed: seed.value.toString(), operationsMax: operationsMax.value },
    };
  }
  return {
    kind: 'err',
    problems: { scenario, seed: problemOf(seed), operations: problemOf(operationsMax) },
  };
}
