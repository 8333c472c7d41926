import { z } from 'zod';
import type { Finding } from '../machine/finding.ts';
import { arrayOf, count, finding, listOf, value } from './format/codecs.ts';
import { endSchema, placed, TraceLineError, type Step, type TraceEnd } from './format/format.ts';
import type { TraceHeader } from './format/header.ts';
import { noteSchema, type Note } from './format/notes.ts';
import { writerOf } from './format/writer.ts';
import { packGlance, unpackGlance, type StepGlance } from './glance.ts';
import { SpanTracker, type SpanEnding, type TrackedSpan } from './spans.ts';

/** The bit beside those of a glance. */
const COMPARED = 1 << 15;

/** An invariant that failed until a step and holds again. */
export interface Recovered {
  readonly name: string;
  readonly stepIndex: number;
}

/**
 * What the steps of a trace are in brief, which is enough to draw it and to find one's way in it: thirteen
 * bits for each step, tracked actions as spans, findings, and where the state and its checkpoints are.
 * It grows step by step where a trace is read, and by {@link TraceDelta}s elsewhere.
 */
export class TraceIndex {
  readonly header: TraceHeader;
  #glances = new Uint16Array(1024);
  #length = 0;
  #end: TraceEnd | undefined;
  #notes: readonly Note[] = [];
  readonly #spans = new SpanTracker();
  /** Steps that changed the state, ascending. */
  readonly changedSteps: number[] = [];
  /** Steps whose line holds the whole state, ascending. */
  readonly checkpointSteps: number[] = [];
  /** Ascending. */
  readonly crashSteps: number[] = [];
  readonly findings: Finding[];
  /** The findings about each rule, ascending. */
  readonly violations = new Map<string, Finding[]>();
  readonly recoveries: Recovered[] = [];

  constructor(header: TraceHeader) {
    this.header = header;
    this.findings = [...header.initialFindings];
    for (const found of this.findings) this.#addViolation(found);
  }

  /** The number of steps. */
  get length(): number {
    return this.#length;
  }

  /** The closing line; absent while a run goes on, and when a file was cut short. */
  get end(): TraceEnd | undefined {
    return this.#end;
  }

  /** The notes that the file of the trace holds, in the order in which they are presented. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** Tracked actions in the order of their emission. */
  get spans(): readonly TrackedSpan[] {
    return this.#spans.spans;
  }

  /** How spans ended, in the order of the steps that ended them. */
  get endings(): readonly SpanEnding[] {
    return this.#spans.endings;
  }

  /** The kind of a step and its flags. */
  glance(stepIndex: number): StepGlance {
    return unpackGlance((this.#glances[stepIndex] as number) & ~COMPARED);
  }

  /** Whether the digest of the state after a step was compared: when the step was added, or since. */
  isCompared(stepIndex: number): boolean {
    return ((this.#glances[stepIndex] ?? 0) & COMPARED) !== 0;
  }

  /** Notes that the digest of the state after a step is right. */
  noteCompared(stepIndex: number): void {
    this.#glances[stepIndex] = (this.#glances[stepIndex] ?? 0) | COMPARED;
  }

  /** Adds the next step. */
  add(step: Step, isCompared = true): void {
    this.#addGlance(packGlance(step) | (isCompared ? COMPARED : 0));
    if (step.checkpoint) this.checkpointSteps.push(step.stepIndex);
    for (const found of step.findings) this.#addFinding(found);
    for (const name of step.recovered) this.recoveries.push({ name, stepIndex: step.stepIndex });
    this.#spans.add(step);
  }

  /** Adds a note, after all steps. */
  addNote(note: Note): void {
    this.#notes = [...this.#notes, note];
  }

  /** The same steps with other notes. */
  withNotes(notes: readonly Note[]): TraceIndex {
    const index = new TraceIndex(this.header);
    index.append({ ...this.since(0), notes });
    return index;
  }

  /** Takes the closing line: nothing more is added. */
  close(end: TraceEnd): void {
    this.#end = end;
  }

  /** What the first steps are; an index of the same header that it is appended to has those steps. */
  first(steps: number): TraceDelta {
    const { spans, endings } = this.#spans;
    const isBefore = ({ stepIndex }: { readonly stepIndex: number }) => stepIndex < steps;
    return {
      from: 0,
      glances: this.#glances.slice(0, Math.min(steps, this.#length)),
      checkpointSteps: this.checkpointSteps.filter((at) => at < steps),
      findings: this.findings.filter((found) => found.stepIndex >= 0 && isBefore(found)),
      recoveries: this.recoveries.filter(isBefore),
      spans: spans.filter(({ emittedAt }) => emittedAt < steps),
      endings: endings.filter(({ at }) => at < steps),
      notes: [],
    };
  }

  /** What came since there were this many steps; `since(0)` is all of it. */
  since(from: number): TraceDelta {
    const { spans, endings } = this.#spans;
    return {
      from,
      glances: this.#glances.slice(from, this.#length),
      checkpointSteps: newOf(this.checkpointSteps, from, Number),
      findings: newOf(this.findings, from, stepOf),
      recoveries: newOf(this.recoveries, from, stepOf),
      spans: newOf(spans, from, ({ emittedAt }) => emittedAt),
      endings: newOf(endings, from, ({ at }) => at),
      notes: this.#notes,
      ...(this.#end ? { end: this.#end } : {}),
    };
  }

  /**
   * Adds what {@link since} has said.
   *
   * @throws {RangeError} when it does not begin where this ends.
   */
  append(delta: TraceDelta): void {
    if (delta.from !== this.#length) {
      throw new RangeError(
        `the trace has ${this.#length} steps, so none follow from ${delta.from}`,
      );
    }
    for (const bits of delta.glances) this.#addGlance(bits);
    this.checkpointSteps.push(...delta.checkpointSteps);
    for (const found of delta.findings) this.#addFinding(found);
    for (const recovered of delta.recoveries) this.recoveries.push(recovered);
    this.#spans.append(delta.spans, delta.endings);
    if (delta.notes.length > 0) this.#notes = delta.notes;
    if (delta.end) this.#end = delta.end;
  }

  #addGlance(bits: number): void {
    const stepIndex = this.#length;
    if (stepIndex === this.#glances.length) {
      const larger = new Uint16Array(this.#glances.length * 2);
      larger.set(this.#glances);
      this.#glances = larger;
    }
    this.#glances[stepIndex] = bits;
    this.#length += 1;
    const { hasChangedState, operation } = unpackGlance(bits & ~COMPARED);
    if (hasChangedState) this.changedSteps.push(stepIndex);
    if (operation === 'crash') this.crashSteps.push(stepIndex);
  }

  #addFinding(found: Finding): void {
    this.findings.push(found);
    this.#addViolation(found);
  }

  #addViolation(found: Finding): void {
    if (found.kind !== 'rule') return;
    const same = this.violations.get(found.name);
    if (same) same.push(found);
    else this.violations.set(found.name, [found]);
  }
}

/** What was added to a {@link TraceIndex}. */
export interface TraceDelta {
  /** The number of steps before. */
  readonly from: number;
  /** The bits of each step from there on. */
  readonly glances: Uint16Array;
  readonly checkpointSteps: readonly number[];
  readonly findings: readonly Finding[];
  readonly recoveries: readonly Recovered[];
  /** The spans that begin in these steps, without their ends. */
  readonly spans: readonly TrackedSpan[];
  /** The spans that end in these steps. */
  readonly endings: readonly SpanEnding[];
  /** All notes, once there are some. */
  readonly notes: readonly Note[];
  /** The closing line, once there is one. */
  readonly end?: TraceEnd;
}

const placedFinding = z.object({ at: z.number().int().min(-1), found: finding });
/** The parts of a delta besides its glances, as JSON. */
const deltaInFile = z.object({
  from: count,
  checkpointSteps: listOf(count),
  findings: listOf(placedFinding),
  recoveries: listOf(z.object({ name: z.string(), stepIndex: count })),
  /** Identifier, action, and the step that emitted it. */
  spans: listOf(z.object({ id: value, action: value, emittedAt: count })),
  endings: arrayOf(
    z.object({ span: count, at: count, how: z.enum(['completed', 'crashed', 'lost', 'replaced']) }),
  ),
  notes: listOf(noteSchema),
  end: endSchema.exactOptional(),
});
const writeDelta = writerOf(deltaInFile);

/** A delta as it travels between processes, and lies in a file. */
export const packedDeltaSchema = z.object({
  glances: z.custom<Uint16Array>((given) => given instanceof Uint16Array),
  /** The rest, as JSON in the encoding of trace lines. */
  rest: z.string(),
});
export type PackedDelta = Readonly<z.infer<typeof packedDeltaSchema>>;

/** Packs a delta; {@link unpackDelta} reads it. */
export function packDelta({ glances, findings, ...rest }: TraceDelta): PackedDelta {
  const found = findings.map(({ stepIndex: at, ...one }) => ({ at, found: one }));
  return { glances, rest: JSON.stringify(writeDelta({ ...rest, findings: found })) };
}

/** @throws {TraceLineError} for what {@link packDelta} did not write. */
export function unpackDelta({ glances, rest }: PackedDelta): TraceDelta {
  const parsed = deltaInFile.safeParse(JSON.parse(rest));
  if (!parsed.success) throw new TraceLineError('the index of the trace is damaged');
  const { findings, spans, ...others } = parsed.data;
  return {
    glances,
    ...others,
    spans: spans as readonly TrackedSpan[],
    findings: findings.map(({ at, found }) => placed(found, at, found.shape ?? '')),
  };
}

/** The items of an ascending list from a step on. */
function newOf<Item>(
  ascending: readonly Item[],
  from: number,
  numberOf: (item: Item) => number,
): readonly Item[] {
  let start = ascending.length;
  while (start > 0 && numberOf(ascending[start - 1] as Item) >= from) start -= 1;
  return ascending.slice(start);
}

function stepOf({ stepIndex }: { readonly stepIndex: number }): number {
  return stepIndex;
}
