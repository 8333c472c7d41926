import {
  assertNever,
  defineMachine,
  err,
  ok,
  sqlite,
  StorageError,
  type Actions,
  type HybridAccess,
  type HybridMachine,
  type StateAccess,
  type StfOutcome,
} from 'phasmoscope';
import { invariants } from './invariants.ts';
import { allRooms, ROOMS } from './rooms.ts';
import type { Booking, Cache, Hotel, Reservation, ReservationStatus } from './types.ts';

type Access = HybridAccess<Cache>;
type Outcome = StfOutcome<Hotel['Rejection']>;

/** How a step that writes changes the cache. */
export interface CacheRule {
  readonly onTaken: (cache: StateAccess<Cache>, booking: Pick<Booking, 'room' | 'night'>) => void;
  readonly onFreed: (cache: StateAccess<Cache>, booking: Pick<Booking, 'room' | 'night'>) => void;
}

/**
 * The rule that keeps a cache sound: **a step that writes to the database only drops entries, and
 * entries are filled only by steps that write nothing.**
 *
 * The transaction covers the database only. If the step ends with an error, or its commit fails, the
 * database is unchanged, but the cache keeps its changes. A missing entry costs a query; an entry with
 * data that was rolled back is wrong until the process dies.
 */
export const DROP_ENTRIES: CacheRule = { onTaken: dropEntry, onFreed: dropEntry };

function dropEntry(cache: StateAccess<Cache>, { night }: Pick<Booking, 'night'>): void {
  if (!cache.current.free.has(night)) return;
  cache.update((draft) => {
    draft.free.delete(night);
  });
}

/** Declares a hotel. */
export function defineHotel({
  name,
  description,
  rule,
}: {
  readonly name: string;
  readonly description: string;
  readonly rule: CacheRule;
}): HybridMachine<Hotel> {
  return defineMachine<Hotel>({
    name,
    description,
    storage: sqlite({
      schema: `
        create table reservations (
          id integer primary key,
          guest integer not null,
          room integer not null check (room between 1 and ${ROOMS}),
          night integer not null,
          status text not null
        );
        create index reservations_by_status on reservations (status);
        -- A room can be taken only once in a night.
        create table bookings (
          room integer not null,
          night integer not null,
          reservation integer not null unique references reservations,
          primary key (room, night)
        );
      `,
    }),
    initialCache: () => ({ free: new Map() }),

    records: {
      reservation: {
        at: ['database', 'reservations', '*'],
        phase: 'status',
        initial: ['held'],
        transitions: {
          held: ['confirmed', 'refused'],
          confirmed: ['cancelled'],
          cancelled: ['released'],
          refused: [],
          released: [],
        },
      },
      booking: { at: ['database', 'bookings', '*'] },
    },

    async stf(state, input, actions) {
      switch (input.kind) {
        case 'normal':
          return handle(state, input.input, actions, rule);
        case 'trackedActionCompleted':
          return complete(state, input.id, input.result, rule);
        default:
          return assertNever(input, 'input');
      }
    },

    // The cache is gone after a crash, and nothing here depends on it. The bank does nothing twice for
    // the same reservation, so it can be asked again.
    async restore({ database }, actions) {
      const waiting = await database.all<Reservation>(
        "select * from reservations where status in ('held', 'cancelled') order by id",
      );
      for (const { id, status } of waiting) {
        if (status === 'held') holdDeposit(actions, id);
        else releaseDeposit(actions, id);
      }
      return ok();
    },

    invariants,
  });
}

function holdDeposit(actions: Actions<Hotel>, reservation: number) {
  actions.tracked(`hold ${reservation}`, { kind: 'HoldDeposit', reservation });
  return ok();
}

function releaseDeposit(actions: Actions<Hotel>, reservation: number) {
  actions.tracked(`release ${reservation}`, { kind: 'ReleaseDeposit', reservation });
  return ok();
}

function handle(
  state: Access,
  input: Hotel['Input'],
  actions: Actions<Hotel>,
  rule: CacheRule,
): Promise<Outcome> {
  switch (input.kind) {
    case 'Search':
      return search(state, input.night, actions);
    case 'Reserve':
      return reserve(state, input, actions, rule);
    case 'Cancel':
      return cancel(state, input.reservation, actions, rule);
    default:
      return assertNever(input, 'request');
  }
}

/** Shows the free rooms of a night: from the cache, or from the database, which fills the cache. */
async function search(
  { cache, database }: Access,
  night: number,
  actions: Actions<Hotel>,
): Promise<Outcome> {
  const known = cache.current.free.get(night);
  if (known) {
    actions.untracked({ kind: 'ShowRooms', night, rooms: known });
    return ok();
  }
  const taken = await database.all<Pick<Booking, 'room'>>(
    'select room from bookings where night = ?',
    [night],
  );
  const rooms = allRooms().filter((room) => !taken.some((booking) => booking.room === room));
  cache.update((draft) => {
    draft.free.set(night, rooms);
  });
  actions.untracked({ kind: 'ShowRooms', night, rooms });
  return ok();
}

/** Takes a room for a guest, and asks the bank to hold the deposit. */
async function reserve(
  { cache, database }: Access,
  { guest, room, night }: Extract<Hotel['Input'], { kind: 'Reserve' }>,
  actions: Actions<Hotel>,
  rule: CacheRule,
): Promise<Outcome> {
  const inserted = await database.get<Pick<Reservation, 'id'>>(
    "insert into reservations (guest, room, night, status) values (?, ?, ?, 'held') returning id",
    [guest, room, night],
  );
  if (!inserted) throw new Error('an insert returns its row');
  const { id } = inserted;
  try {
    await database.run('insert into bookings (room, night, reservation) values (?, ?, ?)', [
      room,
      night,
      id,
    ]);
  } catch (error) {
    // The database decides whether the room is free. Other problems are not rejections.
    if (!(error instanceof StorageError) || error.problem !== 'constraint') throw error;
    return err({ kind: 'RoomTaken' });
  }
  rule.onTaken(cache, { room, night });
  holdDeposit(actions, id);
  return ok();
}

/** Frees the room, and asks the bank to release the deposit. */
async function cancel(
  state: Access,
  id: number,
  actions: Actions<Hotel>,
  rule: CacheRule,
): Promise<Outcome> {
  const reservation = await find(state, id);
  if (reservation?.status !== 'confirmed') return err({ kind: 'NotConfirmed' });
  await giveBack(state, reservation, 'cancelled', rule);
  releaseDeposit(actions, id);
  return ok();
}

/** Handles a result of the bank, by how far the reservation has come: every result may come twice. */
async function complete(
  state: Access,
  id: Hotel['Id'],
  { kind }: Hotel['Result'],
  rule: CacheRule,
): Promise<Outcome> {
  const reservation = await find(state, Number(id.split(' ')[1]));
  if (!reservation) return err({ kind: 'NoSuchReservation' });
  const { status } = reservation;
  switch (kind) {
    case 'Held':
      if (status === 'held') await setStatus(state, reservation, 'confirmed');
      return ok();
    case 'Refused':
      if (status === 'held') await giveBack(state, reservation, 'refused', rule);
      return ok();
    case 'Released':
      if (status === 'cancelled') await setStatus(state, reservation, 'released');
      return ok();
    default:
      return assertNever(kind, 'result');
  }
}

async function giveBack(
  state: Access,
  reservation: Reservation,
  status: ReservationStatus,
  rule: CacheRule,
): Promise<void> {
  await setStatus(state, reservation, status);
  await state.database.run('delete from bookings where reservation = ?', [reservation.id]);
  rule.onFreed(state.cache, reservation);
}

function find({ database }: Access, id: number): Promise<Reservation | undefined> {
  return database.get<Reservation>('select * from reservations where id = ?', [id]);
}

async function setStatus(
  { database }: Access,
  { id }: Reservation,
  status: ReservationStatus,
): Promise<void> {
  await database.run('update reservations set status = ? where id = ?', [status, id]);
}
