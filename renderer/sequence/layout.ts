import type {
  ActionMessage,
  InputMessage,
  Message,
  ResultMessage,
  Sequence,
} from '../../core/trace/sequence.ts';

/** The column of the step numbers. */
export const GUTTER_PX = 64;
/** The height of the names of the lanes. */
export const HEAD_PX = 28;
const LINE_PX = 22;
/** From the top of a row to its first line, which has its words above it. */
const FIRST_LINE_PX = 17;
const ROW_END_PX = 7;
/** The room for the number of steps that are left out. */
const GAP_PX = 20;
/** How far below an action its answer leaves the system. */
const ANSWER_PX = 7;
/** The most actions of a step that are drawn. */
export const ACTIONS_PER_ROW_MAX = 6;

interface Width {
  readonly min: number;
  readonly max: number;
}

/** The parts of the diagram from left to right. */
const INPUTS: Width = { min: 84, max: 200 };
const OUTSIDE: Width = { min: 112, max: 280 };
const BAND: Width = { min: 48, max: 280 };
const SYSTEM: Width = { min: 72, max: 128 };
const EDGE_PX = 12;

/** Where the lanes are. */
export interface LanePlaces {
  /** The middle of each lane. */
  readonly xPx: readonly number[];
  /** The network, in which messages spend time. */
  readonly band: { readonly leftPx: number; readonly rightPx: number };
  /** The room for the name of a system. */
  readonly systemPx: number;
  readonly widthPx: number;
}

export interface PlacedRow {
  readonly topPx: number;
  readonly heightPx: number;
  /** The first line, at which the machine handles the step. */
  readonly axisPx: number;
  /** Actions that are not drawn. */
  readonly actionsLeftOut: number;
}

/** The way of a message. */
export type Placed =
  | { readonly message: InputMessage | ActionMessage; readonly yPx: number }
  | {
      readonly message: ResultMessage;
      readonly yPx: number;
      /** Where its system sent it; absent when its system is not known. */
      readonly fromPx?: number;
      /** Whether it was sent at a step that has no row, so that it comes from there. */
      readonly isCutOff: boolean;
    };

export interface SequenceLayout {
  readonly lanes: LanePlaces;
  readonly rows: readonly PlacedRow[];
  readonly messages: readonly Placed[];
  readonly heightPx: number;
}

/**
 * Places a diagram. It is as wide as the room for it if its lanes have room there, or else as they need.
 *
 * @param roomPx the width of the panel.
 */
export function layOutSequence(sequence: Sequence, roomPx: number): SequenceLayout {
  const lines = linesOf(sequence);
  let topPx = 0;
  const rows = sequence.rows.map(({ hiddenBefore }, row): PlacedRow => {
    const { count, actionsLeftOut } = lines.rows[row] ?? { count: 1, actionsLeftOut: 0 };
    topPx += hiddenBefore > 0 ? GAP_PX : 0;
    const heightPx = FIRST_LINE_PX + (count - 1) * LINE_PX + ROW_END_PX;
    const placed = { topPx, heightPx, axisPx: topPx + FIRST_LINE_PX, actionsLeftOut };
    topPx += heightPx;
    return placed;
  });
  const yOf = (message: Message) =>
    (rows[message.row]?.axisPx ?? 0) + (lines.of.get(message) ?? 0) * LINE_PX;
  return {
    lanes: placeLanes(sequence.lanes.length - 3, roomPx),
    rows,
    messages: placeMessages(sequence, lines.of, yOf, rows),
    heightPx: topPx,
  };
}

/** The place of the lanes: inputs, machine, network and then a number of systems. */
export function placeLanes(systems: number, roomPx: number): LanePlaces {
  const parts = [INPUTS, OUTSIDE, BAND, ...Array.from({ length: systems }, () => SYSTEM)];
  const fixedPx = GUTTER_PX + 2 * EDGE_PX;
  const leastPx = parts.reduce((sum, { min }) => sum + min, fixedPx);
  const growthPx = parts.reduce((sum, { min, max }) => sum + max - min, 0);
  const grown = Math.max(0, Math.min(1, (roomPx - leastPx) / growthPx));
  const widthOf = ({ min, max }: Width) => Math.round(min + (max - min) * grown);
  const inputsPx = GUTTER_PX + EDGE_PX;
  const machinePx = inputsPx + widthOf(INPUTS);
  const leftPx = machinePx + widthOf(OUTSIDE);
  const rightPx = leftPx + widthOf(BAND);
  const systemPx = widthOf(SYSTEM);
  const systemsPx = Array.from({ length: systems }, (_, at) => rightPx + (at + 0.5) * systemPx);
  return {
    xPx: [inputsPx, machinePx, (leftPx + rightPx) / 2, ...systemsPx],
    band: { leftPx, rightPx },
    systemPx,
    widthPx: Math.max(roomPx, rightPx + systems * systemPx + EDGE_PX),
  };
}

interface Lines {
  /** The line of a message in its row, from 0; actions that are not drawn have none. */
  readonly of: ReadonlyMap<Message, number>;
  readonly rows: readonly { readonly count: number; readonly actionsLeftOut: number }[];
}

/** What arrives is on the first line of a row; actions share it with an input, which comes from the left. */
function linesOf({ rows, messages }: Sequence): Lines {
  const of = new Map<Message, number>();
  const used = rows.map(() => ({ right: 0, actions: 0 }));
  for (const message of messages) {
    const row = used[message.row];
    if (!row) continue;
    if (message.kind === 'input') {
      of.set(message, 0);
      continue;
    }
    if (message.kind === 'action') {
      row.actions += 1;
      if (row.actions > ACTIONS_PER_ROW_MAX) continue;
    }
    of.set(message, row.right);
    row.right += 1;
  }
  return {
    of,
    rows: used.map(({ right, actions }) => {
      const actionsLeftOut = Math.max(0, actions - ACTIONS_PER_ROW_MAX);
      return { count: Math.max(1, right + Math.sign(actionsLeftOut)), actionsLeftOut };
    }),
  };
}

function placeMessages(
  sequence: Sequence,
  lineOf: ReadonlyMap<Message, number>,
  yOf: (message: Message) => number,
  rows: readonly PlacedRow[],
): readonly Placed[] {
  const sent = new Map<string, number>();
  return sequence.messages.flatMap((message): Placed[] => {
    if (!lineOf.has(message)) return [];
    const yPx = yOf(message);
    if (message.kind !== 'result') {
      if (message.kind === 'action' && message.emitted.kind === 'tracked') {
        const stepIndex = sequence.rows[message.row]?.stepIndex ?? -1;
        sent.set(keyOf(stepIndex, message.emitted.id), yPx + ANSWER_PX);
      }
      return [{ message, yPx }];
    }
    const { askedAt, id } = message;
    if (askedAt === undefined) return [{ message, yPx, isCutOff: false }];
    const known = sent.get(keyOf(askedAt, id));
    const fromPx = known ?? topAfter(sequence, rows, askedAt);
    return [{ message, yPx, fromPx, isCutOff: known === undefined }];
  });
}

/** 1 and "1" are different ids. */
function keyOf(stepIndex: number, id: unknown): string {
  return `${stepIndex} ${typeof id} ${String(id)}`;
}

/** Where a step without a row would be: above the next one that has a row. */
function topAfter(sequence: Sequence, rows: readonly PlacedRow[], stepIndex: number): number {
  const next = sequence.rows.findIndex((row) => row.stepIndex >= stepIndex);
  return rows[next]?.topPx ?? 0;
}
