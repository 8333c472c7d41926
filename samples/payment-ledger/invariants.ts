import { changedRows, defineInvariants } from 'phasmoscope';
import type { Charge, Ledger } from './types.ts';

/** The balance with which every account begins. */
export const OPENING_CENTS = 10_000;

/** The cents that a charge has brought into the ledger. */
function booked(charge: Charge | undefined): number {
  return charge?.status === 'booked' ? charge.cents : 0;
}

/**
 * Invariants over all rows are checked on the rows that changed since they last held: the cost depends on
 * the rows that a step touched, not on the number of accounts.
 */
export const invariants = defineInvariants<Ledger>({
  'money is conserved': (state, before) => {
    let gained = 0;
    for (const { before: was, after: is } of changedRows(before?.accounts, state.accounts)) {
      gained += (is?.balance ?? 0) - (was?.balance ?? OPENING_CENTS);
    }
    let paidIn = 0;
    for (const { before: was, after: is } of changedRows(before?.charges, state.charges)) {
      paidIn += booked(is) - booked(was);
    }
    return gained === paidIn || `the accounts gained ${gained} cents, but ${paidIn} were paid in`;
  },

  'every balance follows from transfers and charges': (state, before) => {
    const gains = new Map<number, number>();
    const add = (account: number, cents: number) =>
      gains.set(account, (gains.get(account) ?? 0) + cents);
    for (const { before: was, after: is } of changedRows(before?.transfers, state.transfers)) {
      if (was || !is) return 'a transfer was changed or deleted';
      add(is.sender, -is.cents);
      add(is.receiver, is.cents);
    }
    for (const { before: was, after: is } of changedRows(before?.charges, state.charges)) {
      const cents = booked(is) - booked(was);
      if (is && cents !== 0) add(is.account, cents);
    }
    for (const { key, before: was, after: is } of changedRows(before?.accounts, state.accounts)) {
      add(key, (was?.balance ?? OPENING_CENTS) - (is?.balance ?? 0));
    }
    for (const [account, rest] of gains) {
      if (rest !== 0) return `account ${account} is ${Math.abs(rest)} cents off`;
    }
    return true;
  },

  'no balance is below zero': (state, before) => {
    for (const { key, after: is } of changedRows(before?.accounts, state.accounts)) {
      if (is && is.balance < 0) return `account ${key} has ${is.balance} cents`;
    }
    return true;
  },

  'a charge is decided once': (state, before) => {
    for (const { key, before: was, after: is } of changedRows(before?.charges, state.charges)) {
      if (was && was.status !== 'pending' && is?.status !== was.status) {
        return `charge ${key} was ${was.status}, and is ${is?.status ?? 'gone'}`;
      }
    }
    return true;
  },
});
