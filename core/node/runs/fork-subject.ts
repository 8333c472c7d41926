import { faultProfilesOf } from '../../machine/faults.ts';
import { ProblemError } from '../../problem.ts';
import { showName } from '../../text/visible.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import type { ForkSubject } from '../../what-if/fork.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';

/**
 * What forks of a trace are executed with: the machine, and the scenario and the fault profile of the trace if
 * the machine still has them.
 *
 * @throws {ProblemError} when the trace is of another machine.
 */
export function forkSubjectOf(loaded: LoadedMachine, header: TraceHeader): ForkSubject {
  requireMachine(loaded, header);
  const { machine, guard, watch, locate, scenarios, sourceHash } = loaded;
  const profiles = new Map(Object.entries(faultProfilesOf(machine)));
  return {
    machine,
    guard,
    watch,
    locate,
    sourceHash,
    scenario: scenarios.find(({ name }) => name === header.scenario),
    faults: profiles.get(header.faults),
  };
}

/** @throws {ProblemError} when a trace is of another machine. */
export function requireMachine({ machine }: LoadedMachine, header: TraceHeader): void {
  if (machine.name === header.machine) return;
  throw new ProblemError({
    title: `The trace is of a machine named "${showName(header.machine)}", not of "${machine.name}".`,
    remedy: 'Give the path of the source of its machine with the option --machine PATH.',
  });
}
