import { withCurrentKind } from '../../machine/operation.ts';

/** The version of trace files that is written. Older ones are upgraded, newer ones refused. */
export const TRACE_VERSION = 7;

/** How parsed lines of a version become those of the next. A line without an upgrade is the same. */
interface Upgrade {
  readonly header?: (json: object) => object;
  readonly step?: (json: object) => object;
}

/** The upgrade at an index is from the version that is the index plus one. */
const UPGRADES: readonly Upgrade[] = [
  // Version 1 had one rule, which was always checked. What was added to its steps has a default.
  { header: (json) => ({ ...json, rules: ['atomicity'] }) },
  // Version 2 had no tables.
  {},
  // Version 3 had other words for what `stf` is given, and no tuples.
  {
    step: (json) =>
      'operation' in json ? { ...json, operation: withCurrentKind(json.operation) } : json,
  },
  // Version 4 digested containers with many items by a text of all items.
  { header: (json) => ({ digests: 'whole', ...json }) },
  // Version 5 had neither output nor steps that do not end.
  {},
  // Version 6 had no notes.
  {},
];

/** The first version whose steps are written as they are now. */
const CURRENT_STEPS = UPGRADES.findLastIndex(({ step }) => step !== undefined) + 2;

/** Whether the steps of a version are written as this one writes them, so that their lines can stay. */
export function hasCurrentSteps(version: number): boolean {
  return version >= CURRENT_STEPS;
}

/** The parsed line of a version as the current one has it. */
export function upgrade(line: keyof Upgrade, json: object, version: number): object {
  let upgraded = json;
  for (let from = version; from < TRACE_VERSION; from += 1) {
    upgraded = UPGRADES[from - 1]?.[line]?.(upgraded) ?? upgraded;
  }
  return upgraded;
}
