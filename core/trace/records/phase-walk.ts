import { containerOf, valueAt } from '../../value/container.ts';
import { kindOf } from '../../value/label.ts';
import type { Change, Patch } from '../../value/patch.ts';
import type { Path } from '../../value/path.ts';
import { segmentKey } from '../../value/segment.ts';
import type { Value } from '../../value/value.ts';
import { phaseText, placeOf, recordsIn, type NamedKind } from './record-kinds.ts';
import { recordsWritten } from './record-writes.ts';

/** The fields of a record that are looked at where none is declared. */
const FIELDS_MAX = 16;
/** The field that tells the items of a list apart where none is declared. */
const ITEM_ID = 'id';

/** The phases of a record, by their fields. */
type Phases = ReadonlyMap<string, string>;

const NO_PHASES: Phases = new Map();

/** The phases of the fields of a record: of the declared one, or of all that hold a name. */
export function phasesIn(kind: NamedKind, record: Value): Phases {
  const { phase, isDeclared } = kind;
  if (phase !== undefined) {
    const found = valueAt(record, [phase]);
    return new Map(found.found ? [[phase, phaseText(found.value)]] : []);
  }
  const container = containerOf(record);
  if (isDeclared || container?.kind !== 'object') return NO_PHASES;
  const phases = new Map<string, string>();
  for (const [field, value] of container.entries()) {
    if (phases.size >= FIELDS_MAX) break;
    const named = phaseIn(kind, field, value);
    if (named !== undefined) phases.set(field, named);
  }
  return phases;
}

/** The phase that a field holds; `undefined` if it holds none. */
function phaseIn({ phase }: NamedKind, field: string, value: Value): string | undefined {
  if (phase !== undefined) return field === phase ? phaseText(value) : undefined;
  return nameIn(value);
}

const NAME = /^\p{L}[\p{L}\p{N} _-]{0,39}$/u;

/** A value that may be one of a few: a short name, or an object with a tag. */
function nameIn(value: Value): string | undefined {
  if (typeof value === 'string') return NAME.test(value) ? value : undefined;
  if (containerOf(value)?.kind !== 'object') return undefined;
  const kind = kindOf(value);
  return kind === 'object' ? undefined : kind;
}

/** A phase of a record before and after a step; null where there was none. */
export interface PhaseStep {
  readonly kind: string;
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** A step that changed the state. The states are asked for only where the patch does not say enough. */
export interface ChangingStep {
  readonly patch: Patch;
  readonly before: () => Value;
  readonly after: () => Value;
}

/** Follows the phases of the records of a run by what its steps write. */
export class PhaseWalk {
  readonly #kinds: readonly NamedKind[];
  /** The phases of the records now, by kind and path. */
  readonly #now: ReadonlyMap<string, Map<string, Phases>>;

  constructor(kinds: readonly NamedKind[], initialState: Value) {
    this.#kinds = kinds;
    this.#now = new Map(kinds.map((kind) => [kind.name, phasesOf(kind, initialState)]));
  }

  /** Takes the next step that changed the state, and returns the changes of phases that it made. */
  advance(step: ChangingStep): readonly PhaseStep[] {
    return this.#kinds.flatMap((kind) => {
      const concerning = step.patch.filter((change) => concerns(kind, change));
      if (concerning.length === 0) return [];
      return this.#byChanges(kind, concerning) ?? this.#byStates(kind, step);
    });
  }

  /** The phases that changes say; `undefined` if states are needed to tell. */
  #byChanges(kind: NamedKind, patch: Patch): readonly PhaseStep[] | undefined {
    const now = this.#now.get(kind.name) as Map<string, Phases>;
    const written = new Map<string, Phases>();
    for (const change of patch) {
      const changed = phasesAfter(kind, change, (key) => written.get(key) ?? now.get(key));
      if (!changed) return undefined;
      for (const [key, phases] of changed) written.set(key, phases);
    }
    return [...written].flatMap(([key, after]) => {
      const before = now.get(key) ?? NO_PHASES;
      keep(now, key, after);
      return stepsBetween(kind, before, after);
    });
  }

  #byStates(kind: NamedKind, step: ChangingStep): readonly PhaseStep[] {
    const [before, after] = [step.before(), step.after()];
    const now = this.#now.get(kind.name) as Map<string, Phases>;
    now.clear();
    for (const [key, phases] of phasesOf(kind, after)) now.set(key, phases);
    return recordsWritten(
      [kind],
      step.patch,
      () => before,
      () => after,
    ).flatMap((write) =>
      stepsBetween(kind, phasesAt(kind, before, write.before), phasesAt(kind, after, write.after)),
    );
  }
}

/** Whether a change may concern a phase, as far as its path says. */
function concerns(kind: NamedKind, { path }: Change): boolean {
  const place = placeOf(kind, path);
  if (place?.kind !== 'inside') return place !== undefined;
  const below = path[kind.at.length];
  return (
    kind.phase === undefined || below === undefined || isIdField(kind, path) || below === kind.phase
  );
}

/** Whether a change is of the field by which records are told apart. */
function isIdField(kind: NamedKind, path: Path): boolean {
  const below = path[kind.at.length];
  return below !== undefined && hasOwnId(kind, path) && below === (kind.id ?? ITEM_ID);
}

/** Whether a record is told apart by one of its fields, and not by its place. */
function hasOwnId({ at, id }: NamedKind, path: Path): boolean {
  return id !== undefined || typeof path[at.lastIndexOf('*')] === 'number';
}

/**
 * The phases that a change gives records, by their paths; `undefined` if it does not say.
 *
 * @param before gives the phases of a record before it.
 */
function phasesAfter(
  kind: NamedKind,
  change: Change,
  before: (key: string) => Phases | undefined,
): readonly (readonly [key: string, phases: Phases])[] | undefined {
  const { path } = change;
  const levels = path.length - kind.at.length;
  if (change.kind === 'spliced') {
    // Only what is added at the end leaves the other items in their places.
    const isAdding = levels === -1 && change.removed === 0;
    if (!isAdding || before(pathKey([...path, change.index])) !== undefined) return undefined;
    return change.inserted.map(
      (item, offset) => [pathKey([...path, change.index + offset]), phasesIn(kind, item)] as const,
    );
  }
  if (levels < 0 || levels > 1) return undefined;
  const key = pathKey(path.slice(0, kind.at.length));
  if (levels === 0) {
    if (change.kind === 'removed') return [[key, NO_PHASES]];
    if (change.kind === 'changed' && hasOwnId(kind, path)) return undefined;
    return [[key, phasesIn(kind, change.value)]];
  }
  if (isIdField(kind, path)) return undefined;
  const field = path.at(-1);
  if (typeof field !== 'string') return undefined;
  const phase = change.kind === 'removed' ? undefined : phaseIn(kind, field, change.value);
  const phases = new Map(before(key));
  if (phase === undefined) phases.delete(field);
  else phases.set(field, phase);
  return [[key, phases]];
}

function stepsBetween({ name: kind }: NamedKind, before: Phases, after: Phases): PhaseStep[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [from = null, to = null] = [before.get(field), after.get(field)];
    return from === to ? [] : [{ kind, field, from, to }];
  });
}

function phasesOf(kind: NamedKind, state: Value): Map<string, Phases> {
  const phases = new Map<string, Phases>();
  for (const { path, value } of recordsIn(kind, state)) {
    keep(phases, pathKey(path), phasesIn(kind, value));
  }
  return phases;
}

function phasesAt(kind: NamedKind, state: Value, path: Path | undefined): Phases {
  const found = path && valueAt(state, path);
  return found?.found ? phasesIn(kind, found.value) : NO_PHASES;
}

function keep(all: Map<string, Phases>, key: string, phases: Phases): void {
  if (phases.size > 0) all.set(key, phases);
  else all.delete(key);
}

function pathKey(path: Path): string {
  return JSON.stringify(path.map(segmentKey));
}
