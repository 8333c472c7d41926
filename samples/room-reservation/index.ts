import { defineHotel, DROP_ENTRIES } from './machine.ts';

export { scenarios } from './scenarios.ts';

export const machine = defineHotel({
  name: 'room-reservation',
  description: 'Hotel rooms in SQLite, and a cache of the free ones that a crash may lose.',
  rule: DROP_ENTRIES,
});
