import { defineHotel, type CacheRule } from '../room-reservation/machine.ts';
import { allRooms } from '../room-reservation/rooms.ts';
import { type Booking, type Cache } from '../room-reservation/types.ts';

export { scenarios } from '../room-reservation/scenarios.ts';

/**
 * Keeps the entries of the cache and updates them, which saves a query at the next search. When the step
 * is rolled back, the cache is not.
 */
const WRITE_THROUGH: CacheRule = {
  onTaken(cache, { room, night }) {
    cache.update((draft) => setFree(draft, { room, night }, false));
  },
  onFreed(cache, { room, night }) {
    cache.update((draft) => setFree(draft, { room, night }, true));
  },
};

function setFree(
  { free }: Cache,
  { room, night }: Pick<Booking, 'room' | 'night'>,
  isFree: boolean,
): void {
  const known = free.get(night);
  if (!known) return;
  const rooms = allRooms().filter((one) => (one === room ? isFree : known.includes(one)));
  free.set(night, rooms);
}

/** The hotel with one planted defect: the cache is written to before the database has committed. */
export const machine = defineHotel({
  name: 'room-reservation-stale-cache',
  description: 'The hotel, but its cache is written to before the database has committed.',
  rule: WRITE_THROUGH,
});
