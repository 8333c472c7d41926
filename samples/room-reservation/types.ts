import type { HybridMachineTypes } from 'phasmoscope';

/** A row of `bookings`, by room and night: who has the room. */
export interface Booking {
  readonly room: number;
  readonly night: number;
  readonly reservation: number;
}

/** How far a reservation has come. One that is held or confirmed has its booking. */
export type ReservationStatus = 'held' | 'confirmed' | 'refused' | 'cancelled' | 'released';

/** A row of `reservations`. */
export interface Reservation {
  readonly id: number;
  readonly guest: number;
  readonly room: number;
  readonly night: number;
  readonly status: ReservationStatus;
}

/** The cache in memory: the free rooms of the nights that guests have searched for. */
export interface Cache {
  free: Map<number, readonly number[]>;
}

/**
 * The types of a hotel's reservations: in a database, with a cache in front of it. A room is taken
 * as soon as a guest reserves it, and confirmed when the bank holds the deposit.
 */
export interface Hotel extends HybridMachineTypes {
  State: {
    cache: Cache;
    database: {
      bookings: ReadonlyMap<readonly [room: number, night: number], Booking>;
      reservations: ReadonlyMap<number, Reservation>;
    };
  };
  Input:
    | { readonly kind: 'Search'; readonly night: number }
    | {
        readonly kind: 'Reserve';
        readonly guest: number;
        readonly room: number;
        readonly night: number;
      }
    | { readonly kind: 'Cancel'; readonly reservation: number };
  /** The action for a reservation, and its number: `hold 7`. */
  Id: string;
  Tracked:
    | { readonly kind: 'HoldDeposit'; readonly reservation: number }
    | { readonly kind: 'ReleaseDeposit'; readonly reservation: number };
  Untracked: {
    readonly kind: 'ShowRooms';
    readonly night: number;
    readonly rooms: readonly number[];
  };
  Result: { readonly kind: 'Held' | 'Refused' | 'Released' };
  Rejection: { readonly kind: 'RoomTaken' | 'NotConfirmed' | 'NoSuchReservation' };
}
