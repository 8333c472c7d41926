import { changedRows, defineInvariants } from 'phasmoscope';
import { allRooms } from './rooms.ts';
import type { Hotel } from './types.ts';

/** Whether a reservation must have its room. */
function hasRoom(status: string | undefined): boolean {
  return status === 'held' || status === 'confirmed';
}

export const invariants = defineInvariants<Hotel>({
  'the cache agrees with the database': ({ cache, database }) => {
    for (const [night, rooms] of cache.free) {
      for (const room of allRooms()) {
        // A key of several columns is an array, which a table finds by its content.
        const isFree = !database.bookings.has([room, night]);
        if (rooms.includes(room) === isFree) continue;
        return isFree
          ? `room ${room} is free for night ${night}, but the cache has it taken`
          : `room ${room} is taken for night ${night}, but the cache has it free`;
      }
    }
    return true;
  },

  'a reservation has its room, and nobody else': ({ database }, before) => {
    const { bookings, reservations } = database;
    for (const { key, after } of changedRows(before?.database.reservations, reservations)) {
      if (!after) return `reservation ${key} is gone`;
      const { room, night, status } = after;
      const isBooked = bookings.get([room, night])?.reservation === key;
      if (isBooked !== hasRoom(status)) {
        return `reservation ${key} is ${status}, and ${isBooked ? 'has its' : 'lacks its'} room`;
      }
    }
    for (const { after } of changedRows(before?.database.bookings, bookings)) {
      if (after && !hasRoom(reservations.get(after.reservation)?.status)) {
        return `room ${after.room} is kept in night ${after.night} for nobody`;
      }
    }
    return true;
  },
});
