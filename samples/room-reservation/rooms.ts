/** The rooms of the hotel have the numbers from 1 to this one. */
export const ROOMS = 5;

/** The numbers of all rooms. */
export function allRooms(): readonly number[] {
  return Array.from({ length: ROOMS }, (_, index) => index + 1);
}
