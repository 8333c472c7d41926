import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, err, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation, StepFault } from '../machine/operation.ts';
import type { ShrunkFrom } from '../trace/format/header.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';

/** A desk that rents out rooms: small, and with the defects that causality must show. */
interface Desk extends MachineTypes {
  State: {
    nextId: number;
    rooms: Map<string, { guest: number; nights: number }>;
    holds: Map<number, { room: string; status: 'waiting' | 'done' | 'refund' }>;
  };
  Input:
    | { readonly kind: 'Book'; readonly room: string }
    | { readonly kind: 'Extend'; readonly room: string }
    | { readonly kind: 'Nothing' };
  Id: number;
  Tracked: { readonly kind: 'Hold' | 'Refund' | 'Check'; readonly room: string };
  Untracked: { readonly kind: 'Mail' };
  Result: { readonly kind: 'Paid' | 'Refunded' };
  Rejection: { readonly kind: 'UnknownRoom' | 'UnknownHold' };
}

/** Rooms, held and paid for; a refund is forgotten by its restore. */
export const desk = defineMachine<Desk>({
  name: 'desk',
  description: 'Rooms, held and paid for.',
  initialState: () => ({ nextId: 1, rooms: new Map(), holds: new Map() }),

  stf(state, input, actions) {
    if (input.kind === 'normal') {
      const { input: asked } = input;
      if (asked.kind === 'Nothing') return ok();
      if (asked.kind === 'Extend') {
        if (!state.current.rooms.has(asked.room)) return err({ kind: 'UnknownRoom' });
        state.update((draft) => {
          const room = draft.rooms.get(asked.room);
          if (room) room.nights += 1;
        });
        return ok();
      }
      const id = state.current.nextId;
      state.update((draft) => {
        draft.nextId += 1;
        draft.holds.set(id, { room: asked.room, status: 'waiting' });
      });
      try {
        actions.untracked({ kind: 'Mail' });
      } catch {
        // A booking does not depend on its mail.
      }
      actions.tracked(id, { kind: 'Hold', room: asked.room });
      return ok();
    }
    const { id, result } = input;
    const hold = state.current.holds.get(id);
    if (!hold) return err({ kind: 'UnknownHold' });
    const { room } = hold;
    if (result.kind === 'Refunded') return ok();
    const isTaken = state.current.rooms.has(room);
    state.update((draft) => {
      draft.holds.set(id, { room, status: isTaken ? 'refund' : 'done' });
      if (!isTaken) draft.rooms.set(room, { guest: id, nights: 1 });
    });
    if (isTaken) actions.tracked(id, { kind: 'Refund', room });
    return ok();
  },

  // Rooms that wait for a refund are forgotten, so that a crash loses the refund.
  restore(state, actions) {
    for (const [id, { room, status }] of state.holds) {
      if (status === 'waiting') actions.tracked(id, { kind: 'Check', room });
    }
    return ok();
  },

  invariants: {
    'rooms are apart': ({ rooms }) =>
      !(rooms.has('Room 1') && rooms.has('Room 1b')) || 'Room 1 is part of Room 1b',
  },
});

/** The desk, whose restore goes on when the container refuses an action. */
export const patientDesk: typeof desk = {
  ...desk,
  restore(state, actions) {
    try {
      return desk.restore(state, actions);
    } catch {
      return ok();
    }
  },
};

export const book = (room: string): Operation => ({
  kind: 'normal',
  input: { kind: 'Book', room },
});
export const extend = (room: string): Operation => ({
  kind: 'normal',
  input: { kind: 'Extend', room },
});
export const nothing: Operation = { kind: 'normal', input: { kind: 'Nothing' } };
export const paid = (id: number): Operation => ({
  kind: 'trackedActionCompleted',
  id,
  result: { kind: 'Paid' },
});
/** A crash after a number of actions of the previous step were dispatched, and its restore. */
export const crash = (dispatched: number): readonly Operation[] => [
  { kind: 'crash', dispatched },
  { kind: 'restore' },
];

/** An operation with a fault inside its step. */
export function withFault(operation: Operation, fault: StepFault): Operation {
  return { ...operation, fault } as Operation;
}

/** The completion again, as a message that the network has duplicated. */
export const doubled = (id: number): Operation => ({ ...paid(id), isDuplicate: true }) as Operation;

/** The result of an action that gets lost on its way. */
export const lost = (id: number): Operation => ({ kind: 'loss', id, result: { kind: 'Paid' } });

/**
 * Runs operations on the desk with the real engine and reads the trace back.
 *
 * @param faults the profile whose rules are checked.
 * @param machine the desk, or an edited version of it.
 * @param shrunkFrom the run that it is said to be shrunk from.
 */
export function traceOf(
  operations: readonly Operation[],
  faults: keyof typeof FAULT_PROFILES = 'none',
  machine: typeof desk = desk,
  shrunkFrom?: ShrunkFrom,
): Trace {
  const checks = planChecks(machine, FAULT_PROFILES[faults]);
  const run = new Run(machine, replaySource(operations), { checks });
  const label = { scenario: 'list', seed: 0n, operationsMax: operations.length } as const;
  const origin = shrunkFrom ? { shrunkFrom } : {};
  const recorder = new TraceRecorder(machine, run, { ...label, faults, ...origin });
  const builder = new TraceBuilder();
  builder.push(`${recorder.header()}\n`);
  void run.advance(operations.length, (step) => builder.push(`${recorder.step(step)}\n`));
  builder.push(`${recorder.end()}\n`);
  builder.finish();
  if (!builder.trace) throw new Error('no trace');
  return builder.trace;
}

/** A short run of the desk: two rooms are booked and paid for. */
export const DESK_RUN: readonly Operation[] = [
  book('Room 1'),
  paid(1),
  book('Room 2'),
  nothing,
  paid(2),
  extend('Room 1'),
];

/** The operation of a step, with the request that has led to its id in the place of that. */
export function meantAt(trace: Trace, stepIndex: number): unknown {
  const { operation } = trace.step(stepIndex);
  if (!('id' in operation)) return operation;
  const { id } = operation;
  const from = trace.index.spans.find((span) => span.id === id && span.emittedAt < stepIndex);
  return { ...operation, id: from === undefined ? id : trace.step(from.emittedAt).operation };
}
