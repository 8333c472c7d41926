import { faultProfilesOf } from '../../machine/faults.ts';
import type { TraceHeader } from '../../trace/format.ts';
import type { ForkSubject } from '../../what-if/fork.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';

/**
 * What forks of a trace are executed with: the machine, and the scenario and the fault profile of the trace if
 * the machine still has them.
 */
export function forkSubjectOf(loaded: LoadedMachine, header: TraceHeader): ForkSubject {
  const { machine, guard, watch, locate, scenarios } = loaded;
  const profiles = new Map(Object.entries(faultProfilesOf(machine)));
  return {
    machine,
    guard,
    watch,
    locate,
    scenario: scenarios.find(({ name }) => name === header.scenario),
    faults: profiles.get(header.faults),
  };
}
