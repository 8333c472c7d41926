import { expect, it } from 'vitest';
import golden from '../../samples/dentist-booking/dentist-booking.golden.json' with { type: 'json' };
import { runPlainPort } from './plain-port.ts';

it.each(golden.stats.filter(({ ops }) => ops <= 10_000))(
  'The plain port has the figures of the original for seed $seed',
  ({ seed, ops, ...counts }) => {
    expect(runPlainPort(BigInt(seed), ops)).toEqual(counts);
  },
);
