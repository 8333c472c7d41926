import { z } from 'zod';
import type { SessionFile } from '../../core/contract/window.ts';
import { cameToNothing, type Cursor } from './model.ts';
import type { SessionPart } from './session-part.ts';
import { selectCursor, type Session } from './store.ts';

/*
 * Where the person is: the cursors, and how the panels are arranged. It is kept apart from the runs, which may
 * have much to keep: a move of a cursor costs as much as there are cursors.
 */

const keptCursor = z.object({
  cursor: z.number().int(),
  isCursorTouched: z.boolean(),
  compareWith: z.number().int().exactOptional(),
  wantedSignature: z.string().exactOptional(),
});
type KeptCursor = z.infer<typeof keptCursor>;

const keptPlaces = z.object({
  /** By the ids of the runs. */
  cursors: z.record(z.string(), keptCursor),
  /** How the panels are arranged, by the names of the parts. */
  parts: z.record(z.string(), z.unknown()),
});

/** The parts as JSON; each is written again only after it has changed. */
export class PartTexts {
  readonly #parts: readonly SessionPart[];
  readonly #texts = new Map<SessionPart, string>();

  constructor(parts: readonly SessionPart[]) {
    this.#parts = parts;
  }

  /** Notes that a part has changed. */
  forget(part: SessionPart): void {
    this.#texts.delete(part);
  }

  forgetAll(): void {
    this.#texts.clear();
  }

  /** All of them as a JSON object, by their names. */
  text(): string {
    const members = this.#parts.flatMap((part) => {
      const text = this.#textOf(part);
      return text === undefined ? [] : [`${JSON.stringify(part.name)}:${text}`];
    });
    return `{${members.join(',')}}`;
  }

  #textOf(part: SessionPart): string | undefined {
    const known = this.#texts.get(part);
    if (known !== undefined) return known;
    // Nothing is kept of a part that keeps `undefined`.
    const text = JSON.stringify(part.keep()) as string | undefined;
    if (text !== undefined) this.#texts.set(part, text);
    return text;
  }
}

/** The places of a session, as they are kept. */
export function placesText(state: Session, parts: PartTexts): string {
  const readable = state.runs.filter((run) => !cameToNothing(run));
  const cursors = readable.map(({ id }) => [id, cursorToKeep(selectCursor(state, id))] as const);
  return `{"cursors":${JSON.stringify(Object.fromEntries(cursors))},"parts":${parts.text()}}`;
}

function cursorToKeep({ stepIndex, isTouched, aim, compareWith }: Cursor): KeptCursor {
  return {
    cursor: aim && 'stepIndex' in aim ? aim.stepIndex : stepIndex,
    isCursorTouched: isTouched || (aim !== undefined && 'stepIndex' in aim),
    ...(compareWith === undefined ? {} : { compareWith }),
    ...(aim && 'signature' in aim ? { wantedSignature: aim.signature } : {}),
  };
}

/** The places of the last session. */
export interface RecalledPlaces {
  /** The cursor of a run; at its start if none was kept. */
  readonly cursorOf: (runId: string) => Cursor;
  /** What was kept of the parts, by their names. */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** Takes back the places that were kept; from a session of an earlier version, which kept them with its runs. */
export function recallPlaces(kept: Readonly<Record<SessionFile, string | null>>): RecalledPlaces {
  const places = keptPlaces.safeParse(read(kept.places)).data ?? recallOld(read(kept.session));
  return {
    cursorOf: (runId) => recallCursor(places.cursors[runId]),
    parts: places.parts,
  };
}

const oldSession = z.object({
  runs: z.object({ runs: z.array(keptCursor.extend({ id: z.string() })) }).optional(),
  parts: z.record(z.string(), z.unknown()).default({}),
});

function recallOld(kept: unknown): z.infer<typeof keptPlaces> {
  const { runs, parts = {} } = oldSession.safeParse(kept).data ?? {};
  const cursors = (runs?.runs ?? []).map(({ id, ...cursor }) => [id, cursor] as const);
  return { cursors: Object.fromEntries(cursors), parts };
}

function read(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

/** A cursor goes to where it was left, as soon as the run has come that far again. */
function recallCursor(kept: KeptCursor | undefined): Cursor {
  const start: Cursor = { stepIndex: -1, isTouched: false };
  if (!kept) return start;
  const { cursor, isCursorTouched, wantedSignature, compareWith } = kept;
  const compared: Cursor = { ...start, ...(compareWith === undefined ? {} : { compareWith }) };
  if (isCursorTouched) return { ...compared, aim: { stepIndex: cursor } };
  if (wantedSignature === undefined) return compared;
  return { ...compared, aim: { signature: wantedSignature } };
}
