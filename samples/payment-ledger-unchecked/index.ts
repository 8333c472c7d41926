import { defineLedger } from '../payment-ledger/machine.ts';
import { defineTellers } from '../payment-ledger/scenarios.ts';

const ACCOUNTS = 20;

/**
 * The ledger with one planted defect: the result of a charge is booked without checking whether it
 * was booked before. The processor charges once, but a message may come twice.
 */
export const machine = defineLedger({
  name: 'payment-ledger-unchecked',
  description: 'The ledger, but a charge whose result comes twice is booked twice.',
  accounts: ACCOUNTS,
  booksUnchecked: true,
});

export const scenarios = [defineTellers({ accounts: ACCOUNTS })];
