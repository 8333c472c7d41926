import { assertNever } from '../../core/assert.ts';
import type { Step } from '../../core/trace/format/format.ts';
import { packGlance, unpackGlance, type StepGlance } from '../../core/trace/glance.ts';

/**
 * What the simulation does to a machine, each with a mark of its own, in the order in which they
 * give way to one another where there is no room for all.
 */
export const MARKS = [
  'settled',
  'crashWithLoss',
  'crash',
  'died',
  'restoreFailed',
  'restoreRefused',
  'refused',
  'storage',
  'loss',
  'duplicate',
  'restore',
] as const;

export type Mark = (typeof MARKS)[number];

/** The mark of a step, if the simulation did anything but hand the machine an input. */
export function markOf(glance: StepGlance): Mark | undefined {
  const { operation, outcome } = glance;
  switch (operation) {
    case 'crash':
      return glance.hasLostActions ? 'crashWithLoss' : 'crash';
    case 'restore':
      if (outcome !== 'ok') return 'restoreFailed';
      return glance.hasRefusedAction ? 'restoreRefused' : 'restore';
    case 'loss':
    case 'settled':
      return operation;
    case 'normal':
    case 'trackedActionCompleted':
      if (outcome === 'crashed') return 'died';
      if (glance.hasRefusedAction) return 'refused';
      if (glance.hasFault) return 'storage';
      return glance.isDuplicate ? 'duplicate' : undefined;
    default:
      return assertNever(operation, 'operation');
  }
}

/** The mark of a step that is at hand. */
export function markOfStep(step: Step): Mark | undefined {
  return markOf(unpackGlance(packGlance(step)));
}

/** What a mark means, for legends. */
export const MARK_MEANINGS: Readonly<Record<Mark, string>> = {
  crash: 'crash',
  crashWithLoss: 'crash that lost actions',
  died: 'process died inside the step',
  restore: 'restore',
  restoreFailed: 'restore that failed',
  restoreRefused: 'restore with a refused action',
  storage: 'storage fault',
  refused: 'refused action',
  duplicate: 'duplicate completion',
  loss: 'lost completion',
  settled: 'settled: the end of the run',
};

/** What a mark is called where there is room for two words. */
export const MARK_NAMES: Readonly<Record<Mark, string>> = {
  crash: 'Crash',
  crashWithLoss: 'Crash, lost actions',
  died: 'Died inside',
  restore: 'Restore',
  restoreFailed: 'Restore failed',
  restoreRefused: 'Restore, refused',
  storage: 'Storage fault',
  refused: 'Action refused',
  duplicate: 'Duplicate',
  loss: 'Lost on its way',
  settled: 'Settled',
};

/** The colour of a mark: crash and restore, rolled back, or a tracked action's result. */
export const MARK_INKS: Readonly<Record<Mark, 'crash' | 'rejected' | 'tracked' | 'muted'>> = {
  crash: 'crash',
  crashWithLoss: 'crash',
  died: 'crash',
  restore: 'crash',
  restoreFailed: 'crash',
  restoreRefused: 'rejected',
  storage: 'rejected',
  refused: 'rejected',
  duplicate: 'tracked',
  loss: 'tracked',
  settled: 'muted',
};

/** A mark as paths around a centre, of which one unit is its radius. */
export interface MarkShape {
  readonly filled?: string;
  /** Drawn with a line of {@link MARK_LINE} units. */
  readonly stroked?: string;
}

/** The width of a mark's lines, in units of its radius. */
export const MARK_LINE = 0.28;

const BOLT = 'M.34-1.25-.86.23H-.12L-.34 1.25.86-.23H.12Z';
const TURN = 'M.82-.2A.85.85 0 1 1 .1-.85';
const TURN_HEAD = 'M.72-.85 0-1.33V-.37Z';

/**
 * The shapes, the same on the canvas and beside words, so that each can be distinguished without colour.
 * Bolts are crashes: solid after a commit, hollow inside a step, in a disc when actions were lost.
 * Arrows turn back to where it was; diamonds are completions, as everywhere.
 */
export const MARK_SHAPES: Readonly<Record<Mark, MarkShape>> = {
  crash: { filled: BOLT },
  crashWithLoss: {
    filled:
      'M0-1.25A1.25 1.25 0 1 1 0 1.25 1.25 1.25 0 1 1 0-1.25ZM.22-.9-.6.16H-.08L-.22.9.6-.16H.08Z',
  },
  died: { stroked: 'M.3-1.1-.75.2H-.1L-.3 1.1.75-.2H.1Z' },
  restore: { stroked: TURN, filled: TURN_HEAD },
  restoreFailed: { stroked: `${TURN}M-1.1 1.1 1.15-1.15`, filled: TURN_HEAD },
  restoreRefused: { stroked: `${TURN}M-.5 0H.5`, filled: TURN_HEAD },
  storage: {
    stroked:
      'M-.8-.62A.8.34 0 1 1 .8-.62.8.34 0 1 1-.8-.62V.62A.8.34 0 0 0 .8.62V-.62M-.8 0A.8.34 0 0 0 .8 0',
  },
  refused: { filled: 'M0-1A1 1 0 1 1 0 1 1 1 0 1 1 0-1ZM-.62-.2V.2H.62V-.2Z' },
  duplicate: { stroked: 'M-.4-.8.3 0-.4.8-1.1 0ZM.2-.62.4-.8 1.1 0 .4.8.2.62' },
  loss: { stroked: 'M0-.95.95 0 0 .95-.95 0ZM-1 1 1-1' },
  settled: { stroked: 'M-.6-1.05V1.1', filled: 'M-.6-1.05.95-.45-.6.15Z' },
};
