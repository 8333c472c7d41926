/**
 * How often each fault strikes, as probabilities from 0 to 1. A fault that is left out never strikes. If
 * any fault can strike, results take some time; otherwise they arrive promptly and in order.
 */
export interface FaultProfile {
  /** One sentence for the list of profiles. */
  readonly description: string;

  /** For each step: the process dies at one of its accesses to the state. */
  readonly crashAtAccess?: number;
  /** For each step: the process dies just before its commit. */
  readonly crashBeforeCommit?: number;
  /** For each accepted step: the process dies when some or all of its actions were dispatched. */
  readonly crashAfterCommit?: number;

  /** For each step: one of its accesses to the state fails. */
  readonly accessFails?: number;
  /** For each step: its commit fails. */
  readonly commitFails?: number;
  /** For each step: the container refuses one of its actions. */
  readonly actionRefused?: number;

  /** For each completion: it takes long, so that others overtake it. */
  readonly delayed?: number;
  /** For each completion: it is delivered again later. */
  readonly duplicated?: number;
  /** For each completion: it is lost, and comes only when the faults have stopped. */
  readonly undelivered?: number;

  /** For each time that an external system can fail: it does. */
  readonly externalFails?: number;
}

/** The name of a fault. */
export type FaultName = Exclude<keyof FaultProfile, 'description'>;

/** All faults that a profile can have. */
export const FAULT_NAMES = [
  'crashAtAccess',
  'crashBeforeCommit',
  'crashAfterCommit',
  'accessFails',
  'commitFails',
  'actionRefused',
  'delayed',
  'duplicated',
  'undelivered',
  'externalFails',
] as const satisfies readonly FaultName[];

/** The profiles that every machine has. */
export const FAULT_PROFILES = {
  none: {
    description: 'No faults: the operations of the scenario, each run to its end.',
  },
  crashes: {
    description: 'The process dies in a step, before its commit, or before its actions are out.',
    crashAtAccess: 0.01,
    crashBeforeCommit: 0.01,
    crashAfterCommit: 0.1,
  },
  delivery: {
    description: 'Completions come late, twice, in another order or not at all.',
    delayed: 0.4,
    duplicated: 0.15,
    undelivered: 0.05,
    externalFails: 0.05,
  },
  storage: {
    description: 'Accesses and commits fail, and the container refuses actions.',
    accessFails: 0.02,
    commitFails: 0.02,
    actionRefused: 0.05,
  },
  chaos: {
    description: 'All faults at once.',
    crashAtAccess: 0.005,
    crashBeforeCommit: 0.005,
    crashAfterCommit: 0.05,
    accessFails: 0.01,
    commitFails: 0.01,
    actionRefused: 0.03,
    delayed: 0.3,
    duplicated: 0.1,
    undelivered: 0.05,
    externalFails: 0.05,
  },
} as const satisfies Readonly<Record<string, FaultProfile>>;

/** Whether anything can strike under a profile. */
export function hasFaults(profile: FaultProfile): boolean {
  const { description: _, ...weights } = profile;
  return Object.values(weights).some((weight) => weight > 0);
}

/** A profile under which some faults never strike. */
export function withoutFaults(profile: FaultProfile, names: readonly FaultName[]): FaultProfile {
  return { ...profile, ...Object.fromEntries(names.map((name) => [name, 0])) };
}

/** The names of the profiles that a machine can be run under: the general ones, then its own. */
export function faultProfilesOf(machine: {
  readonly faultProfiles?: Readonly<Record<string, FaultProfile>>;
}): Readonly<Record<string, FaultProfile>> {
  return { ...FAULT_PROFILES, ...machine.faultProfiles };
}
