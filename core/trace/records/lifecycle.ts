import type { Value } from '../../value/value.ts';
import type { Trace } from '../trace.ts';
import { phasesIn } from './phase-walk.ts';
import { PHASES_MAX, phasedKinds, type PhaseField, type Transition } from './phases.ts';
import { PHASE_FIELDS, recordsIn, type NamedKind } from './record-kinds.ts';

/** What of a kind of records its lifecycles depend on. */
export type PhasedKind = Pick<
  NamedKind,
  'name' | 'isDeclared' | 'phase' | 'transitions' | 'initial'
>;

/** What a change of phase is to the machine's declaration. */
export type Verdict =
  /** It is declared, and was seen. */
  | 'declared'
  /** It is declared, and was never seen. */
  | 'neverSeen'
  /** It was seen, and the machine declares others only. */
  | 'undeclared'
  /** It was seen, and the machine declares none. */
  | 'seen';

/** A transition of a lifecycle, with what was seen of it. */
export interface LifecycleTransition<Seen extends Transition> {
  readonly from: string | null;
  readonly to: string | null;
  readonly verdict: Verdict;
  readonly seen?: Seen;
}

export interface LifecyclePhase {
  readonly name: string;
  /** Whether the machine declares it; `undefined` if it declares none. */
  readonly isDeclared?: boolean;
  /** How many records are in it at the start. */
  readonly atStart: number;
}

/** The phases of the records of a kind. */
export interface Lifecycle<Seen extends Transition = Transition> extends PhaseField {
  readonly isDeclared: boolean;
  readonly phases: readonly LifecyclePhase[];
  readonly transitions: readonly LifecycleTransition<Seen>[];
}

/** How many records are in each phase at the start, by kind and field. */
export type PhasesAtStart = readonly (PhaseField & {
  readonly counts: readonly { readonly phase: string; readonly count: number }[];
})[];

/** Counts the records of an initial state by their phases. */
export function phasesAtStart(kinds: readonly NamedKind[], initialState: Value): PhasesAtStart {
  return kinds.flatMap((kind) => {
    const fields = new Map<string, Map<string, number>>();
    for (const { value } of recordsIn(kind, initialState)) {
      for (const [field, phase] of phasesIn(kind, value)) {
        const counts = fields.get(field) ?? new Map<string, number>();
        fields.set(field, counts.set(phase, (counts.get(phase) ?? 0) + 1));
      }
    }
    return [...fields]
      .filter(([, counts]) => counts.size <= PHASES_MAX)
      .map(([field, counts]) => ({
        kind: kind.name,
        field,
        counts: Array.from(counts, ([phase, count]) => ({ phase, count })),
      }));
  });
}

/** The lifecycles of the records of a run; see {@link lifecyclesOf}. */
export function lifecyclesOfRun<Seen extends Transition>(
  trace: Trace,
  seen: readonly Seen[],
): readonly Lifecycle<Seen>[] {
  const kinds = phasedKinds(trace);
  return lifecyclesOf(kinds, seen, phasesAtStart(kinds, trace.header.initialState));
}

/**
 * The lifecycles of records: declared ones first, then those in whose phases most is seen. A field that the
 * machine does not declare is one if its name says so, or if its value changes.
 *
 * @param seen the transitions that were seen so far.
 */
export function lifecyclesOf<Seen extends Transition>(
  kinds: readonly PhasedKind[],
  seen: readonly Seen[],
  atStart: PhasesAtStart,
): readonly Lifecycle<Seen>[] {
  return kinds
    .flatMap((kind) => {
      const ofKind = [...seen, ...atStart].filter((one) => one.kind === kind.name);
      const fields = kind.phase === undefined ? ofKind.map(({ field }) => field) : [kind.phase];
      return [...new Set(fields)].map((field) => {
        const isOwn = (one: PhaseField) => one.kind === kind.name && one.field === field;
        return lifecycleOf(kind, field, seen.filter(isOwn), atStart.find(isOwn)?.counts);
      });
    })
    .filter(isLifecycle)
    .toSorted(
      (a, b) =>
        Number(b.isDeclared) - Number(a.isDeclared) || b.transitions.length - a.transitions.length,
    );
}

function isLifecycle({ isDeclared, field, transitions }: Lifecycle): boolean {
  if (isDeclared || PHASE_FIELDS.includes(field)) return true;
  return transitions.some(({ from, to }) => from !== null && to !== null);
}

function lifecycleOf<Seen extends Transition>(
  kind: PhasedKind,
  field: string,
  seen: readonly Seen[],
  startCounts: PhasesAtStart[number]['counts'] = [],
): Lifecycle<Seen> {
  const { transitions: declared } = kind;
  const atStart = new Map(startCounts.map(({ phase, count }) => [phase, count]));
  const names = new Set<string>([
    ...Object.keys(declared ?? {}),
    ...atStart.keys(),
    ...seen.flatMap(({ from, to }) => [from, to].filter((phase) => phase !== null)),
  ]);
  const isSeen = (from: string | null, to: string) =>
    seen.some((one) => one.from === from && one.to === to);
  const neverSeen = declaredOf(kind).filter(({ from, to }) => !isSeen(from, to));
  return {
    kind: kind.name,
    field,
    isDeclared: kind.phase !== undefined,
    phases: [...names].map((name) => ({
      name,
      atStart: atStart.get(name) ?? 0,
      ...(declared ? { isDeclared: Object.hasOwn(declared, name) } : {}),
    })),
    transitions: [
      ...seen.map((one) => ({
        from: one.from,
        to: one.to,
        verdict: verdictOn(kind, one),
        seen: one,
      })),
      ...neverSeen.map((one) => ({ ...one, verdict: 'neverSeen' as const })),
    ],
  };
}

/** The transitions that a machine declares, with those of new records. */
function declaredOf({ transitions = {}, initial = [] }: PhasedKind) {
  return [
    ...initial.map((to) => ({ from: null, to })),
    ...Object.entries(transitions).flatMap(([from, next]) =>
      // A record that stays in its phase is not seen to do so.
      next.filter((to) => to !== from).map((to) => ({ from, to })),
    ),
  ];
}

function verdictOn({ transitions, initial }: PhasedKind, { from, to }: Transition): Verdict {
  // A record may be deleted, or lose its phase, without a declaration.
  if (to === null) return 'seen';
  if (from === null) {
    if (initial) return initial.includes(to) ? 'declared' : 'undeclared';
    if (!transitions) return 'seen';
    return Object.hasOwn(transitions, to) ? 'declared' : 'undeclared';
  }
  if (!transitions) return 'seen';
  const next = Object.hasOwn(transitions, from) ? (transitions[from] ?? []) : [];
  return next.includes(to) ? 'declared' : 'undeclared';
}
