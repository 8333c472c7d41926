import { defineLedger } from './machine.ts';
import { defineTellers } from './scenarios.ts';

const ACCOUNTS = 20;

export const machine = defineLedger({
  name: 'payment-ledger',
  description: 'Accounts in SQLite: transfers, and deposits by card that are booked once.',
  accounts: ACCOUNTS,
});

export const scenarios = [defineTellers({ accounts: ACCOUNTS })];
