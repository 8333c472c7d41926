import type { Patch } from '../../value/patch.ts';
import { formatPath, isEntry, RECORD_SEGMENTS_MAX, recordOf, type Path } from '../../value/path.ts';
import { lastAtMost, type Trace } from '../trace.ts';
import { MemberSearch, passChange, requireAhead, type Direction } from '../writes.ts';

/** The most records of one step whose other writers are searched for. */
const RECORDS_MAX = 16;

/** A record that a step wrote, and where it was before and after. */
export interface WrittenRecord {
  /** Absent when the step put it into a list. */
  readonly before: Path | undefined;
  /** Absent when the step took it out of a list. */
  readonly after: Path | undefined;
}

/**
 * The records that a patch writes. A counter beside them, such as the next id, is left out: every
 * step that adds a record changes it too, which would relate all of them.
 */
export function writtenRecords(patch: Patch): readonly WrittenRecord[] {
  const records = new Map<string, WrittenRecord>();
  for (let at = 0; at < patch.length && records.size < RECORDS_MAX; at += 1) {
    for (const record of recordsAt(patch, at)) {
      if (record.before || record.after) records.set(nameOf(record), record);
    }
  }
  const all = [...records.values()].filter(({ before, after }) => (after ?? before)?.length !== 0);
  const entries = all.filter((record) => isEntry(record.after ?? record.before ?? []));
  return entries.length > 0 ? entries : all;
}

function nameOf({ before, after }: WrittenRecord): string {
  return after ? formatPath(after) : `before ${formatPath(before ?? [])}`;
}

/** The records that one change of a patch writes: each item of a splice, unless the list is in one. */
function recordsAt(patch: Patch, at: number): readonly WrittenRecord[] {
  const change = patch[at];
  if (!change) return [];
  const whole = recordOf(change.path);
  const isInRecord = whole.some((segment) => typeof segment !== 'string');
  if (change.kind !== 'spliced' || isInRecord || change.path.length >= RECORD_SEGMENTS_MAX) {
    return [{ before: pathBefore(patch, at, whole), after: pathAfter(patch, at + 1, whole) }];
  }
  const itemPath = (offset: number): Path => [...change.path, change.index + offset];
  return [
    ...Array.from({ length: Math.min(change.removed, RECORDS_MAX) }, (_, offset) => ({
      before: pathBefore(patch, at, itemPath(offset)),
      after: undefined,
    })),
    ...change.inserted.slice(0, RECORDS_MAX).map((_, offset) => ({
      before: undefined,
      after: pathAfter(patch, at + 1, itemPath(offset)),
    })),
  ];
}

/** Where a member was before a patch that is made up to a change, which itself does not count. */
export function pathBefore(patch: Patch, to: number, path: Path): Path | undefined {
  let followed: Path | undefined = path;
  for (const change of patch.slice(0, to).toReversed()) {
    followed = followed && passChange(change, followed, 'backwards').path;
  }
  return followed;
}

/** Where a member is after the changes of a patch from one on. */
export function pathAfter(patch: Patch, from: number, path: Path): Path | undefined {
  let followed: Path | undefined = path;
  for (const change of patch.slice(from)) {
    followed = followed && passChange(change, followed, 'forwards').path;
  }
  return followed;
}

/** The most related steps that are returned for each side. */
const RELATED_STEPS_MAX = 3;
/** How many changed steps are looked at on each side … */
const LOOKED_AT_MAX = 400;
/** … and how many of them are parsed. */
const PARSED_MAX = 60;

/** Another step that wrote a record. */
export interface RelatedStep {
  readonly stepIndex: number;
  /** The record, as a path at the step that was asked about. */
  readonly record: string;
}

/** The steps nearest to one that wrote the same records. */
export interface RelatedSteps {
  /** Nearest first. */
  readonly before: readonly RelatedStep[];
  /** Nearest first. */
  readonly after: readonly RelatedStep[];
  /** The number of steps that were found beyond these. */
  readonly more: number;
  /** Whether the search ended at its limits, so that there may be still more. */
  readonly isCut: boolean;
}

/**
 * The nearest steps that wrote a record which a step wrote as well.
 *
 * @param known steps that are left out, since they are known to be related.
 */
export function sameRecordSteps(
  trace: Trace,
  stepIndex: number,
  known: ReadonlySet<number>,
): RelatedSteps {
  const records = writtenRecords(trace.step(stepIndex).patch);
  const before = searchSide(trace, records, stepIndex, 'backwards', known);
  const after = searchSide(trace, records, stepIndex, 'forwards', known);
  return {
    before: before.found,
    after: after.found,
    more: before.more + after.more,
    isCut: before.isCut || after.isCut,
  };
}

interface Side {
  readonly found: readonly RelatedStep[];
  readonly more: number;
  readonly isCut: boolean;
}

function searchSide(
  trace: Trace,
  records: readonly WrittenRecord[],
  stepIndex: number,
  direction: Direction,
  known: ReadonlySet<number>,
): Side {
  const [at, stride] =
    direction === 'backwards' ? ([stepIndex - 1, -1] as const) : ([stepIndex, 1] as const);
  const searches = records.flatMap(({ before, after }) => {
    const path = direction === 'backwards' ? before : after;
    if (!path) return [];
    return [
      { name: formatPath(after ?? path), member: new MemberSearch(trace, path, at, direction) },
    ];
  });
  const position = lastAtMost(trace.changedSteps, stepIndex);
  const found: RelatedStep[] = [];
  let [more, parsed] = [0, 0];
  for (let away = 1; searches.some(({ member }) => member.path); away += 1) {
    const other = trace.changedSteps[position + away * stride];
    if (other === undefined) break;
    if (away > LOOKED_AT_MAX || parsed >= PARSED_MAX) return { found, more, isCut: true };
    requireAhead(trace, position + away * stride, stride, away - 1);
    const possible = searches.filter(({ member }) => member.mayWrite(other));
    if (possible.length === 0) continue;
    parsed += 1;
    // Each search has to see the step, also when another one has found it already.
    const wrote = possible.filter(({ member }) => member.visit(other));
    const [first] = wrote;
    if (!first || known.has(other)) continue;
    if (found.length < RELATED_STEPS_MAX) found.push({ stepIndex: other, record: first.name });
    else more += 1;
  }
  return { found, more, isCut: false };
}
