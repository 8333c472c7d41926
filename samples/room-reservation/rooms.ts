/** The rooms of the hotel are numbered from 1 to this. */
export const ROOMS = 5;

/** The numbers of all rooms. */
export function allRooms(): readonly number[] {
  return Array.from({ length: ROOMS }, (_, index) => index + 1);
}
