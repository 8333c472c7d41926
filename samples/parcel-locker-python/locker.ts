import type { MachineTypes } from 'phasmoscope';

/** Orders for the locker's doors and technicians. */
export type Order =
  | { kind: 'OpenDoor'; box: string; purpose: 'store' | 'collect' }
  | { kind: 'Repair'; box: string };

/** A box, and what is in it. */
export interface Box {
  size: 'small' | 'large';
  phase: 'free' | 'storing' | 'stored' | 'collecting' | 'jammed';
  parcel: string | null;
}

/** The types of the machine in machine.py, as its process sends and takes them. */
export interface ParcelLocker extends MachineTypes {
  State: {
    boxes: Record<string, Box>;
    orders: Record<string, Order>;
    nextId: number;
    returned: number;
  };
  Input: { kind: 'Store'; parcel: string; size: Box['size'] } | { kind: 'Collect'; parcel: string };
  Id: number;
  Tracked: Order;
  Untracked: { kind: 'Tell'; parcel: string; news: 'here' | 'gone' | 'returned' };
  Result: 'Opened' | 'Jammed' | 'Repaired';
  Rejection: 'AlreadyHere' | 'NoBoxFree' | 'NotHere' | 'NotReady';
}
