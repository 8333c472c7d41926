/**
 * The settings of a project, as `phasmoscope.config.ts` exports them. They apply to commands about the
 * project's machine; what is given on the command line comes first.
 */
export interface ProjectConfig {
  /** The machine: a file, relative to the configuration, or the name of a sample. */
  readonly machine?: string;
  /** The scenario by its name. By default, the first one of the machine. */
  readonly scenario?: string;
  /** The fault profile: `none`, `crashes`, `delivery`, `storage`, `chaos`, or one of the machine's own. */
  readonly faults?: string;
  /** The seed of commands that run one. By default, that of the scenario. */
  readonly seed?: number | string;
  /** The seeds of a sweep: their number, or the first and the last one, such as `'1000..1999'`. */
  readonly seeds?: number | string;
  /** The number of operations of a run. By default, that of the scenario. */
  readonly operations?: number;
  /** The time that a step may take, such as `'500ms'`; one that takes longer is a finding. */
  readonly timeLimit?: string;
  /** The time that a sweep may take, such as `'60s'` or `'10m'`, instead of a number of seeds. */
  readonly timeBudget?: string;
  /** The threads of a sweep. By default, one for each core. */
  readonly workers?: number;
  /** The folder for the traces that a sweep writes, relative to the configuration. */
  readonly traces?: string;
}

/** Returns the settings as they are: an editor completes them, and the compiler checks them. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
