import {
  assertNever,
  defineMachine,
  err,
  ok,
  sqlite,
  type Actions,
  type SqlMachine,
  type SqlTransaction,
  type StfOutcome,
} from 'phasmoscope';
import { invariants, OPENING_CENTS } from './invariants.ts';
import type { Account, Charge, Ledger } from './types.ts';
import { accountBars, chargeTable } from './views.ts';

type Outcome = StfOutcome<Ledger['Rejection']>;

/** The settings of a ledger. */
export interface LedgerOptions {
  readonly name: string;
  readonly description: string;
  /** The number of accounts. No account is opened later. */
  readonly accounts: number;
  /** The planted defect: results are booked without checking whether they were booked before. */
  readonly booksUnchecked?: boolean;
}

/** Declares a ledger. */
export function defineLedger({
  name,
  description,
  accounts,
  booksUnchecked = false,
}: LedgerOptions): SqlMachine<Ledger> {
  return defineMachine<Ledger>({
    name,
    description,
    storage: sqlite({ schema: schemaOf(accounts) }),

    records: {
      charge: {
        at: ['charges', '*'],
        phase: 'status',
        initial: ['pending'],
        transitions: { pending: ['booked', 'declined'], booked: [], declined: [] },
      },
      account: { at: ['accounts', '*'], references: ['account', 'sender', 'receiver'] },
      transfer: { at: ['transfers', '*'] },
    },

    views: { accounts: accountBars, charges: chargeTable },

    async stf(db, input, actions) {
      switch (input.kind) {
        case 'normal':
          return handle(db, input.input, actions);
        case 'trackedActionCompleted':
          return complete(db, input.id, input.result, actions, booksUnchecked);
        default:
          return assertNever(input, 'input');
      }
    },

    // After a crash, whether a charge reached the processor is unknown: the processor is asked.
    async restore(db, actions) {
      const charges = await db.all<Charge>(
        'select * from charges where awaited is not null order by id',
      );
      for (const { id, awaited } of charges) {
        actions.tracked(`${id}/${awaited}`, { kind: 'CheckStatus', charge: id });
      }
      return ok();
    },

    invariants,
  });
}

function schemaOf(accounts: number): string {
  return `
    create table accounts (
      id integer primary key,
      balance integer not null check (balance >= 0)
    );
    create table transfers (
      id integer primary key,
      sender integer not null references accounts,
      receiver integer not null references accounts,
      cents integer not null check (cents > 0)
    );
    create table charges (
      id integer primary key,
      account integer not null references accounts,
      cents integer not null check (cents > 0),
      status text not null check (status in ('pending', 'booked', 'declined')),
      awaited integer
    );
    -- What restore asks for stays cheap, however many charges there were.
    create index awaited_charges on charges (id) where awaited is not null;

    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${accounts})
    insert into accounts select n, ${OPENING_CENTS} from numbers;
  `;
}

function handle(
  db: SqlTransaction,
  input: Ledger['Input'],
  actions: Actions<Ledger>,
): Promise<Outcome> {
  switch (input.kind) {
    case 'Transfer':
      return transfer(db, input);
    case 'Deposit':
      return deposit(db, input, actions);
    default:
      return assertNever(input, 'request');
  }
}

/** Moves money from an account to another one. */
async function transfer(
  db: SqlTransaction,
  { sender, receiver, cents }: Extract<Ledger['Input'], { kind: 'Transfer' }>,
): Promise<Outcome> {
  if (sender === receiver) return err({ kind: 'SameAccount' });
  const accounts = await db.all<Account>('select * from accounts where id in (?, ?)', [
    sender,
    receiver,
  ]);
  if (accounts.length < 2) return err({ kind: 'NoSuchAccount' });
  const balance = accounts.find(({ id }) => id === sender)?.balance ?? 0;
  if (balance < cents) return err({ kind: 'InsufficientFunds' });
  // If anything fails from here on, the database rolls all three back.
  await db.run('update accounts set balance = balance - ? where id = ?', [cents, sender]);
  await db.run('update accounts set balance = balance + ? where id = ?', [cents, receiver]);
  await db.run('insert into transfers (sender, receiver, cents) values (?, ?, ?)', [
    sender,
    receiver,
    cents,
  ]);
  return ok();
}

/** Asks the processor for money, and records that its result is awaited. */
async function deposit(
  db: SqlTransaction,
  { account, cents }: Extract<Ledger['Input'], { kind: 'Deposit' }>,
  actions: Actions<Ledger>,
): Promise<Outcome> {
  const found = await db.get<Account>('select * from accounts where id = ?', [account]);
  if (!found) return err({ kind: 'NoSuchAccount' });
  // The number follows from the rows, which are never deleted: a step executed again gets the same.
  const inserted = await db.get<Pick<Charge, 'id'>>(
    `insert into charges (account, cents, status, awaited) values (?, ?, 'pending', 1)
     returning id`,
    [account, cents],
  );
  if (!inserted) throw new Error('an insert returns its row');
  const charge = inserted.id;
  // If this is refused, the step ends as an error, and its writes are rolled back.
  actions.tracked(`${charge}/1`, { kind: 'Charge', charge, cents });
  return ok();
}

/** Handles a result of the processor. */
async function complete(
  db: SqlTransaction,
  id: Ledger['Id'],
  { kind }: Ledger['Result'],
  actions: Actions<Ledger>,
  booksUnchecked: boolean,
): Promise<Outcome> {
  const [number, attempt] = id.split('/').map(Number);
  const charge = await db.get<Charge>('select * from charges where id = ?', [number ?? null]);
  if (!charge) return err({ kind: 'NoSuchCharge' });
  const isAwaited = charge.awaited === attempt;
  const awaited = isAwaited ? null : charge.awaited;
  // A result may come twice, and under the number of an earlier question: the first one counts.
  const isDecided = charge.status !== 'pending' && !booksUnchecked;
  if (isDecided) return note(db, charge, { status: charge.status, awaited });
  switch (kind) {
    case 'Charged':
      await db.run('update accounts set balance = balance + ? where id = ?', [
        charge.cents,
        charge.account,
      ]);
      return note(db, charge, { status: 'booked', awaited });
    case 'Declined':
      return note(db, charge, { status: 'declined', awaited });
    case 'Pending':
      return isAwaited ? askAgain(db, charge, actions) : ok();
    default:
      return assertNever(kind, 'result');
  }
}

async function note(
  db: SqlTransaction,
  { id }: Pick<Charge, 'id'>,
  { status, awaited }: Pick<Charge, 'status' | 'awaited'>,
): Promise<Outcome> {
  await db.run('update charges set status = ?, awaited = ? where id = ?', [status, awaited, id]);
  return ok();
}

/** Asks about a charge again, under a new id, since the earlier action has its result. */
async function askAgain(
  db: SqlTransaction,
  { id, status, awaited }: Charge,
  actions: Actions<Ledger>,
): Promise<Outcome> {
  const next = (awaited ?? 0) + 1;
  await note(db, { id }, { status, awaited: next });
  actions.tracked(`${id}/${next}`, { kind: 'CheckStatus', charge: id });
  return ok();
}
