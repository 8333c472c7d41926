import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RULES } from '../../machine/rules.ts';
import { sweepReportSchema } from '../../sweep/report.ts';
import { SHARDS_MAX } from '../../text/quantities.ts';
import { casesOf, isWellFormed } from '../test-helpers/junit-xml.ts';
import { problemOf, runCommandLine } from '../test-helpers/test-command.ts';
import { mergeCommand } from './merge-command.ts';

/** The shards of a sweep, and what is made of their reports. */

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cli-merge-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

vi.setConfig({ testTimeout: 240_000 });

const phasmoscope = (args: string, environment?: Readonly<Record<string, string>>) =>
  runCommandLine(args.split(' '), folder, environment);

const SWEEP = 'sweep dentist-booking --operations 60 --faults chaos --workers 1 --no-explain';
const SOUND = 'sweep dentist-booking-hardened --operations 20 --workers 1';

it.each([
  ['{}', 'is not a report of a sweep: machine'],
  ['{', 'is not a report of a sweep:'],
  ['[]', 'is not a report of a sweep: the document: '],
])('merge refuses the file %s', async (text, title) => {
  const file = join(folder, 'no-report.json');
  writeFileSync(file, text);
  expect(await problemOf(mergeCommand([file], {}))).toContain(`${file} ${title}`);
});

it('merge writes JUnit over no report', async () => {
  const file = join(folder, 'read.json');
  writeFileSync(file, '{"machine":"dentist-booking"}');
  expect(await problemOf(mergeCommand([file], { junit: file }))).toContain('is not a JUnit report');
});

it('merge says which file is not there', async () => {
  const problem = await problemOf(mergeCommand(['nowhere.json'], {}));
  expect(problem).toContain('nowhere.json cannot be read: it does not exist.');
});

describe.concurrent('shards', () => {
  it('are merged to the whole, and reported to CI services', async ({ expect: check }) => {
    const shards = await Promise.all([
      phasmoscope(`${SWEEP} --count 7 --shard 1/2 --report one.json`),
      phasmoscope(`${SWEEP} --count 7 --report two.json`, { PHASMOSCOPE_SHARD: '2/2' }),
      phasmoscope(`${SWEEP} --count 7 --json`),
    ]);
    check(shards.map(({ status }) => status)).toEqual([1, 1, 1]);
    const merged = await phasmoscope('merge one.json two.json --junit junit.xml --json');
    check(merged.status).toBe(1);
    const whole = sweepReportSchema.parse(JSON.parse(shards[2].stdout));
    check(whole).toMatchObject({
      machine: 'dentist-booking',
      scenario: 'mixed-operations',
      faults: 'chaos',
      operationsMax: 60,
      seeds: 7,
      shards: [{ index: 1, total: 1 }],
      checks: { rulesEvery: 16, invariantsEvery: 1 },
    });
    const {
      seconds: _,
      stepsPerSecond: __,
      shards: parts,
      ...rest
    } = sweepReportSchema.parse(JSON.parse(merged.stdout));
    check(whole).toMatchObject(rest);
    check(parts).toEqual([
      { index: 1, total: 2, isCancelled: false },
      { index: 2, total: 2, isCancelled: false },
    ]);

    const advised = whole.groups.filter(({ kind }) => kind === 'rule');
    check(JSON.parse(shards[2].stdout).groups).toEqual(
      expect.arrayContaining(
        advised.map(({ signature }) =>
          expect.objectContaining({
            signature,
            likelyCause: expect.any(String) as string,
            cure: expect.any(String) as string,
          }),
        ),
      ),
    );

    const xml = readFileSync(join(folder, 'junit.xml'), 'utf8');
    check(xml).toContain(`likely cause: ${RULES['idempotent completion'].cause}`);
    check(xml).toContain(`usual cure: ${RULES['idempotent completion'].cure}`);
    check(isWellFormed(xml)).toBe(true);
    const cases = casesOf(xml);
    const failures = cases.filter(({ body }) => body.includes('<failure'));
    check(failures).toHaveLength(rest.groups.length);
    check(xml).toMatch(new RegExp(`<testsuite [^>]*failures="${rest.groups.length}"`));
    check(xml).toMatch(new RegExp(`<testsuite [^>]*tests="${cases.length}"`));
  });
});

describe.concurrent('a merged sweep that is not complete', () => {
  it('is reported when reports are merged, with what was found', async ({ expect: check }) => {
    await phasmoscope(`${SWEEP} --count 4 --shard 1/4 --report first.json`);
    await phasmoscope(`${SWEEP} --count 4 --shard 4/4 --report last.json`);
    const merged = await phasmoscope('merge first.json last.json --junit missing.xml');
    check(merged.status).toBe(2);
    check(merged.stdout).toContain('idempotent completion');
    check(merged.stderr).toContain('of 4 shards, shards 2/4, 3/4 are missing');
    check(merged.stderr).toContain('--shard 2/4, and merge all reports');
    check(readFileSync(join(folder, 'missing.xml'), 'utf8')).toContain(
      'shards 2/4, 3/4 are missing',
    );
    const asJson = await phasmoscope('merge first.json --json');
    check(asJson.status).toBe(2);
    check(JSON.parse(asJson.stdout)).toMatchObject({
      shards: [{ index: 1, total: 4 }],
      error: { title: check.stringContaining('shards 2/4, 3/4, 4/4 are missing') },
    });
  });

  it('is refused where the reports are of two', async ({ expect: check }) => {
    await phasmoscope(`${SOUND} --count 4 --shard 1/2 --report four.json`);
    await phasmoscope(`${SOUND} --count 6 --shard 2/2 --report six.json`);
    const { status, stderr } = await phasmoscope('merge four.json six.json');
    check(status).toBe(2);
    check(stderr).toContain('the number of seeds is 4 in one, 6 in another');
  });

  it('is refused where a report says that it is one of more shards than there may be', async ({
    expect: check,
  }) => {
    await phasmoscope(`${SOUND} --count 4 --shard 1/2 --report many.json`);
    const path = join(folder, 'many.json');
    const report = JSON.parse(readFileSync(path, 'utf8'));
    report.shards[0].total = SHARDS_MAX + 1;
    writeFileSync(path, JSON.stringify(report));
    const { status, stderr } = await phasmoscope('merge many.json');
    check(status).toBe(2);
    check(stderr).toContain('many.json is not a report of a sweep: shards.0.total');
    check(stderr).toContain(String(SHARDS_MAX));
  });
});
