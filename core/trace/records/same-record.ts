import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';
import { MemberSearch, requireAhead, type Direction } from '../writes.ts';
import { nameOfRecord } from './record-kinds.ts';
import { recordsOf } from './record-touches.ts';
import type { RecordWrite } from './record-writes.ts';

/** The most records of one step whose other writers are searched for. */
const RECORDS_MAX = 16;
/** The most related steps that are returned for each side. */
const RELATED_STEPS_MAX = 3;
/** How many changed steps are looked at on each side … */
const LOOKED_AT_MAX = 400;
/** … and how many of them are parsed. */
const PARSED_MAX = 60;

/** Another step that wrote a record. */
export interface RelatedStep {
  readonly stepIndex: number;
  /** What the record is called. */
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
  const records = recordsOf(trace).writtenBy(stepIndex).slice(0, RECORDS_MAX);
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
  records: readonly RecordWrite[],
  stepIndex: number,
  direction: Direction,
  known: ReadonlySet<number>,
): Side {
  const [at, stride] =
    direction === 'backwards' ? ([stepIndex - 1, -1] as const) : ([stepIndex, 1] as const);
  const searches = records.flatMap(({ record, before, after }) => {
    const path = direction === 'backwards' ? before : after;
    if (!path) return [];
    return [{ name: nameOfRecord(record), member: new MemberSearch(trace, path, at, direction) }];
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
