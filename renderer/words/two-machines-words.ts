import { isOneSeedOfTwo } from '../../core/trace/compare/compare.ts';
import type { TraceHeader } from '../../core/trace/format/header.ts';
import { shownName } from './shown.ts';

/** What must be known to compare two runs of one seed on two machines, or on two sources of one; or nothing. */
export function describeTwoMachines(a: TraceHeader, b: TraceHeader): string | undefined {
  if (!isOneSeedOfTwo(a, b)) return undefined;
  const which =
    a.machine === b.machine
      ? 'A and B are of two sources of the machine'
      : `A is of ${shownName(a.machine)}, B of ${shownName(b.machine)}`;
  return `${which}: once they do different things, the scenario may draw other operations for each.`;
}
