import type { BarsView, DeepReadonly, TableView, Tone } from 'phasmoscope';
import type { Charge, Ledger } from './types.ts';

type State = DeepReadonly<Ledger['State']>;

/** How many of the latest charges are shown. */
const CHARGES_MAX = 40;

const TONES: Readonly<Record<Charge['status'], Tone>> = {
  pending: 'waiting',
  booked: 'good',
  declined: 'muted',
};

/** The balance of each account. */
export function accountBars({ accounts }: State): BarsView {
  return {
    kind: 'bars',
    unit: 'cents',
    bars: [...accounts.values()].map(({ id, balance }) => ({
      id,
      title: `Account ${id}`,
      value: balance,
    })),
  };
}

/** The latest charges, the newest one first. */
export function chargeTable({ charges }: State): TableView {
  const latest = [...charges.values()].slice(-CHARGES_MAX).toReversed();
  return {
    kind: 'table',
    columns: ['Charge', 'Account', 'Cents', 'Status'],
    rows: latest.map(({ id, account, cents, status }) => ({
      id,
      cells: [id, account, cents, status],
      tone: TONES[status],
    })),
  };
}
