import { parseLine } from '../trace/format/format.ts';
import type { Note } from '../trace/format/notes.ts';
import { sealedLines } from '../trace/sealed-lines.ts';
import type { StepLines } from '../trace/step-lines.ts';
import { packDelta, TraceIndex, unpackDelta } from '../trace/trace-index.ts';
import { Trace } from '../trace/trace.ts';
import { pageHeadSchema, type PageAbout, type PageHead } from './page.ts';

/** What goes into a page. */
export interface PageOptions extends Readonly<PageAbout> {
  /** The number of steps in the page; all of them without it. */
  readonly steps?: number;
  /** The notes; those of the trace without it. Those on later steps are left out. */
  readonly notes?: readonly Note[];
}

/** The lines of a page, without their line breaks: its {@link PageHead}, and those of the trace. */
export function* pageLines(trace: Trace, options: PageOptions): Generator<string, void, undefined> {
  const { steps = trace.length, notes = trace.notes, ...about } = options;
  const isWhole = steps >= trace.length;
  const kept = isWhole ? notes : notes.filter((note) => (note.to ?? note.step) < steps);
  const delta = isWhole ? trace.index.since(0) : trace.index.first(steps);
  const { glances, rest } = packDelta({ ...delta, notes: kept });
  yield JSON.stringify({
    version: 1,
    ...about,
    ...(isWhole ? {} : { stepsOfRun: trace.length }),
    glances: [...glances],
    rest,
  } satisfies PageHead);
  yield* sealedLines(trace, { steps: glances.length, notes: kept });
}

/** The run of a page. */
export interface PageRun {
  readonly head: PageHead;
  readonly trace: Trace;
  /** The lines of its trace, each with its line break, as UTF-8. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the lines of a page. They stay as bytes, and are parsed when they are asked for.
 *
 * @param bytes lines as {@link pageLines} writes them, each with its line break, as UTF-8.
 * @throws {Error} when they were damaged.
 */
export function readPageLines(bytes: Uint8Array<ArrayBuffer>): PageRun {
  const starts = startsOf(bytes);
  const decoder = new TextDecoder();
  const lineAt = (at: number) => {
    const [from, to] = [starts[at], starts[at + 1]];
    if (from === undefined || to === undefined) throw new RangeError(`there is no line ${at}`);
    return decoder.decode(bytes.subarray(from, to - 1));
  };
  const head = pageHeadSchema.parse(JSON.parse(lineAt(0)));
  const parsed = parseLine(lineAt(1));
  if (parsed.kind !== 'header') throw new Error('the run has no header');
  const index = new TraceIndex(parsed.header);
  index.append(unpackDelta({ glances: Uint16Array.from(head.glances), rest: head.rest }));
  return {
    head,
    trace: new Trace(index, new LinesAtHand((stepIndex) => lineAt(stepIndex + 2))),
    file: bytes.subarray(starts[1]),
  };
}

/** The lines of the steps, of which all are at hand. */
class LinesAtHand implements StepLines {
  readonly line: (stepIndex: number) => string;

  constructor(line: (stepIndex: number) => string) {
    this.line = line;
  }

  require(): void {
    // All of them are at hand.
  }

  async load(): Promise<void> {
    // All of them are at hand.
  }
}

const NEWLINE = 10;

/** Where lines begin, and where the last one ends. */
function startsOf(bytes: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
