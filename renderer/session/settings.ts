import {
  OPERATIONS_MAX,
  readOperations,
  type MachineInfo,
  type RunSettings,
} from '../../core/api/contract.ts';
import { parseSeed } from '../../core/random/seed.ts';
import { formatCount } from '../words/format.ts';

/** Run settings while they are being typed. */
export interface SettingsDraft extends Omit<RunSettings, 'operationsMax'> {
  readonly operations: string;
}

/** Before a machine proposes its own. */
export const SETTINGS_DEFAULT: SettingsDraft = {
  scenario: '',
  seed: '0',
  operations: '10000',
  faults: 'none',
};

/** What is wrong with the settings, by field. */
export interface SettingsProblems {
  readonly seed?: string;
  readonly operations?: string;
}

/** The settings that a machine's scenario proposes. */
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

/** Whether a machine has the scenario of some settings; inputs from a file are given to any. */
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

/** Reads the settings as typed: either what to run, or what is wrong. */
export function readSettings(
  draft: SettingsDraft,
):
  | { readonly kind: 'ok'; readonly settings: RunSettings }
  | { readonly kind: 'err'; readonly problems: SettingsProblems } {
  const seed = parseSeed(draft.seed);
  const operationsMax = readOperations(draft.operations);
  if (seed.kind === 'ok' && operationsMax !== undefined) {
    const { scenario, faults, inputs } = draft;
    return {
      kind: 'ok',
      settings: {
        scenario,
        seed: seed.seed.toString(),
        operationsMax,
        faults,
        ...(inputs === undefined ? {} : { inputs }),
      },
    };
  }
  return {
    kind: 'err',
    problems: {
      ...(seed.kind === 'err' ? { seed: seed.message } : {}),
      ...(operationsMax === undefined
        ? { operations: `A whole number from 1 to ${formatCount(OPERATIONS_MAX)}.` }
        : {}),
    },
  };
}
