import type { MachineTypes } from 'phasmoscope';

/** A row of `accounts`. */
export interface Account {
  readonly id: number;
  readonly balance: number;
}

/** A row of `transfers`, which are never changed or deleted. */
export interface Transfer {
  readonly id: number;
  readonly sender: number;
  readonly receiver: number;
  readonly cents: number;
}

/** A row of `charges`: money on its way from a card to an account. */
export interface Charge {
  readonly id: number;
  readonly account: number;
  readonly cents: number;
  readonly status: 'pending' | 'booked' | 'declined';
  /** The number of the action whose result is awaited; null if there is none. */
  readonly awaited: number | null;
}

/**
 * The types of a ledger in a database. Transfers between accounts happen at once; a deposit is a tracked
 * charge at a payment processor, and is booked when its result comes back.
 */
export interface Ledger extends MachineTypes {
  State: {
    accounts: ReadonlyMap<number, Account>;
    transfers: ReadonlyMap<number, Transfer>;
    charges: ReadonlyMap<number, Charge>;
  };
  Input:
    | {
        readonly kind: 'Transfer';
        readonly sender: number;
        readonly receiver: number;
        readonly cents: number;
      }
    | { readonly kind: 'Deposit'; readonly account: number; readonly cents: number };
  /** The number of a charge, and which of the actions about it this is: `7/1`. */
  Id: string;
  Tracked:
    | { readonly kind: 'Charge'; readonly charge: number; readonly cents: number }
    | { readonly kind: 'CheckStatus'; readonly charge: number };
  Untracked: never;
  Result: { readonly kind: 'Charged' | 'Declined' | 'Pending' };
  Rejection: {
    readonly kind: 'NoSuchAccount' | 'SameAccount' | 'InsufficientFunds' | 'NoSuchCharge';
  };
}
