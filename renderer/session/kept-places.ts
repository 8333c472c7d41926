import { z } from 'zod';
import type { SessionFile } from '../../core/contract/window.ts';
import { isMembers, readRecord } from './kept-entries.ts';
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
  /** Gives parts what was kept of them. Returns what could not be read, in words. */
  readonly recallParts: (parts: readonly SessionPart[]) => readonly string[];
}

/** Takes back the places that were kept; from a session of an earlier version, which kept them with its runs. */
export function recallPlaces(kept: Readonly<Record<SessionFile, string | null>>): RecalledPlaces {
  const places = parse(kept.places);
  const former = kept.places === null ? formerPlaces(parse(kept.session)) : undefined;
  const { cursors: keptCursors, parts: keptParts } = isMembers(places) ? places : (former ?? {});
  const cursors = readRecord(keptCursor, keptCursors);
  return {
    cursorOf: (runId) =>
      recallCursor(Object.hasOwn(cursors.value, runId) ? cursors.value[runId] : undefined),
    recallParts: (parts) => [
      ...(kept.places === null ? [] : missingIn(places)),
      ...(cursors.isWhole || former ? [] : ['where the cursor was in some of the runs']),
      ...recallParts(parts, keptParts),
    ],
  };
}

/** What every version keeps, and is not there. */
function missingIn(places: unknown): readonly string[] {
  if (!isMembers(places)) return ['all of it, which is not a JSON object'];
  return ['cursors', 'parts'].filter((name) => !Object.hasOwn(places, name));
}

function recallParts(parts: readonly SessionPart[], kept: unknown): readonly string[] {
  if (kept !== undefined && !isMembers(kept)) return ['how the panels were arranged'];
  const entries = kept ?? {};
  const lost = parts.filter(({ name, recall }) => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    return !recall(entry);
  });
  const unknown = Object.keys(entries).filter((name) => parts.every((part) => part.name !== name));
  return [...lost.map(({ name }) => name), ...unknown].map((name) => `some of "${name}"`);
}

/** The places in the session of an earlier version, which had them with its runs. */
function formerPlaces(kept: unknown): { readonly cursors: unknown; readonly parts: unknown } {
  const { runs, parts } = isMembers(kept) ? kept : {};
  const list = isMembers(runs) && Array.isArray(runs['runs']) ? runs['runs'] : [];
  const cursors = list.flatMap((run: unknown) =>
    isMembers(run) && typeof run['id'] === 'string' ? [[run['id'], run] as const] : [],
  );
  return { cursors: Object.fromEntries(cursors), parts };
}

function parse(text: string | null): unknown {
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
