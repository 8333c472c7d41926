import type { Step } from '../../core/trace/format.ts';
import { lastAtMost, type Trace } from '../../core/trace/trace.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { needleOf, recordOf, touches } from './record.ts';

/** The most related steps that are shown on each side. */
export const RELATED_STEPS_MAX = 3;
/** How many changed steps are looked at on each side … */
export const LOOKED_AT_MAX = 400;
/** … and how many of them are parsed, over both sides. */
export const PARSED_MAX = 120;

/** Another step that changed a record. */
export interface RelatedStep {
  readonly stepIndex: number;
  /** Which one, as a path. */
  readonly record: string;
}

/** The steps nearest to one that changed the same records. */
export interface RelatedSteps {
  /** Nearest first. */
  readonly before: readonly RelatedStep[];
  /** Nearest first. */
  readonly after: readonly RelatedStep[];
  /** Found, but not among them. */
  readonly more: number;
  /** Whether the search ended at its limits, so that there may be still more. */
  readonly isCut: boolean;
}

const NONE: RelatedSteps = { before: [], after: [], more: 0, isCut: false };

/**
 * The nearest steps that changed a record which a step changed as well, without those that are
 * known to belong together anyway.
 */
export function sameRecordSteps(
  trace: Trace,
  stepIndex: number,
  known: ReadonlySet<number>,
): RelatedSteps {
  if (!trace.glance(stepIndex).hasChangedState) return NONE;
  const records = recordsOf(trace.step(stepIndex));
  if (records.length === 0) return NONE;
  const search = new RecordSearch(trace, records, known);
  const position = lastAtMost(trace.changedSteps, stepIndex);
  const before = search.look(position, -1);
  const after = search.look(position, 1);
  return { before, after, more: search.more, isCut: search.isCut };
}

/**
 * The records that a step changed. A counter beside them, such as the next id, is left out: every
 * step that adds a record changes it too, which would relate all of them.
 */
export function recordsOf({ patch }: Step): readonly Path[] {
  const records = new Map<string, Path>();
  for (const { path } of patch) {
    const record = recordOf(path);
    if (record.length > 0) records.set(formatPath(record), record);
  }
  const all = [...records.values()];
  const entries = all.filter((record) => record.length > 1 || typeof record[0] !== 'string');
  return entries.length > 0 ? entries : all;
}

class RecordSearch {
  more = 0;
  isCut = false;
  readonly #trace: Trace;
  readonly #records: readonly Path[];
  readonly #needles: readonly (string | undefined)[];
  readonly #known: ReadonlySet<number>;
  #parsed = 0;

  constructor(trace: Trace, records: readonly Path[], known: ReadonlySet<number>) {
    this.#trace = trace;
    this.#records = records;
    this.#needles = records.map(needleOf);
    this.#known = known;
  }

  /** Looks at the changed steps on one side, nearest first. */
  look(position: number, stride: 1 | -1): readonly RelatedStep[] {
    const { changedSteps } = this.#trace;
    const parsedMax = this.#parsed + PARSED_MAX / 2;
    const found: RelatedStep[] = [];
    for (let away = 1; ; away += 1) {
      const stepIndex = changedSteps[position + away * stride];
      if (stepIndex === undefined) return found;
      if (away > LOOKED_AT_MAX || this.#parsed >= parsedMax) {
        this.isCut = true;
        return found;
      }
      const record = this.#known.has(stepIndex) ? undefined : this.#recordIn(stepIndex);
      if (record === undefined) continue;
      if (found.length < RELATED_STEPS_MAX) found.push({ stepIndex, record });
      else this.more += 1;
    }
  }

  #recordIn(stepIndex: number): string | undefined {
    const [line = ''] = this.#trace.lines(stepIndex, stepIndex + 1);
    const isPossible = this.#needles.some(
      (needle) => needle === undefined || line.includes(needle),
    );
    if (!isPossible) return undefined;
    this.#parsed += 1;
    const { patch } = this.#trace.step(stepIndex);
    const record = this.#records.find((own) => patch.some(({ path }) => touches(path, own)));
    return record && formatPath(record);
  }
}
