import { expect, it } from 'vitest';
import { findMisuse } from './statement-check.ts';

it.each([
  ['commit', 'COMMIT'],
  ['  -- the end\n COMMIT', 'COMMIT'],
  ['/* begin */ rollback to here', 'ROLLBACK'],
  ['savepoint a', 'SAVEPOINT'],
  ['pragma foreign_keys = off', 'PRAGMA'],
  ["attach 'other.db' as other", 'ATTACH'],
  ['drop table accounts', 'DROP'],
  ['insert or rollback into accounts values (1)', 'OR ROLLBACK'],
])('refuses %j: the transaction is not the machine’s', (sql, verb) => {
  expect(findMisuse(sql)).toMatchObject({
    rule: 'atomicity',
    message: expect.stringContaining(verb) as string,
  });
});

it.each([
  ['select random()', 'random()'],
  ["insert into log values (datetime('now'), ?)", 'datetime'],
  ['select unixepoch()', 'unixepoch'],
  ['update t set at = current_timestamp', 'current_timestamp'],
  ['select now ()', 'now()'],
  ['select gen_random_uuid()', 'gen_random_uuid()'],
])('refuses %j: its answer does not follow from state and input', (sql, name) => {
  expect(findMisuse(sql)).toMatchObject({
    rule: 'no side effects',
    message: expect.stringContaining(name) as string,
  });
});

it.each([
  'select * from accounts where id = ?',
  "insert into notes values ('please commit', 'random()', 'now()')",
  'update accounts set "current_date" = 1',
  "select date(?, '+1 day')",
  'with recursive n(i) as (select 1) select i from n',
  'delete from nowhere',
  'select known(1) -- now()',
  'insert into t values (1) on conflict (id) do update set n = excluded.n',
])('lets %j through', (sql) => {
  expect(findMisuse(sql)).toBeUndefined();
});
