import { defineHotel, type CacheRule } from '../room-reservation/machine.ts';
import { allRooms } from '../room-reservation/rooms.ts';

export { scenarios } from '../room-reservation/scenarios.ts';

/**
 * Keeps the entries of the cache and writes what has become of them, which saves a query at the next
 * search. When the step is rolled back, nobody rolls back the cache.
 */
const WRITE_THROUGH: CacheRule = {
  onTaken(cache, { room, night }) {
    cache.update(({ free }) => {
      const rooms = free.get(night);
      if (rooms)
        free.set(
          night,
          rooms.filter((other) => other !== room),
        );
    });
  },
  onFreed(cache, { room, night }) {
    cache.update(({ free }) => {
      const rooms = free.get(night);
      if (!rooms) return;
      free.set(
        night,
        allRooms().filter((other) => other === room || rooms.includes(other)),
      );
    });
  },
};

/** The hotel with one defect planted: the cache is written to before the database has committed. */
export const machine = defineHotel({
  name: 'room-reservation-stale-cache',
  description: 'The hotel, but its cache is written to before the database has committed.',
  rule: WRITE_THROUGH,
});
