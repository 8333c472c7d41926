import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RULE_NAMES } from '../../machine/rules.ts';
import { EMPTY_REPORT } from '../../test-helpers/test-report.ts';
import { casesOf, isWellFormed } from '../test-helpers/junit-xml.ts';
import { writeJunit } from './junit.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-junit-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it('holds whatever a machine says', async () => {
  const rude = '\u001b[31mred\u0000 ]]> <b> & "quoted"';
  const group = {
    kind: 'panic',
    name: rude,
    message: rude,
    count: 2,
    seed: '10',
    stepIndex: 4,
    operations: 3,
    shape: rude,
    expected: rude,
    actual: rude,
    signature: 's',
  } as const;
  const { kind, name, message, seed, signature } = group;
  const file = join(folder, 'rude.xml');
  await writeJunit(file, {
    ...EMPTY_REPORT,
    machine: rude,
    scenario: rude,
    groups: [group],
    sometimes: [
      { name: rude, reached: false, seeds: 0 },
      { name: 'often', reached: true, seeds: 1 },
    ],
    checks: {
      ...EMPTY_REPORT.checks,
      rules: { atomicity: 3 },
      settled: { [rude]: 0 },
      waivers: { determinism: rude },
    },
    broken: [{ seed: '3', reason: rude }],
    regressions: [
      { kind, name, message, seed, signature, fails: true, stepIndex: 1 },
      { kind, name: 'mended', message, seed, signature, fails: false },
    ],
  });
  const xml = readFileSync(file, 'utf8');
  expect(isWellFormed(xml)).toBe(true);
  const cases = casesOf(xml);
  const count = (what: string) => cases.filter(({ body }) => body.includes(`<${what}`)).length;
  // A cause and a saved seed; a broken seed; seven rules and a settled property that were not asked, and
  // a thing never reached.
  const skipped = RULE_NAMES.length + 1;
  expect([count('failure'), count('error'), count('skipped')]).toEqual([2, 1, skipped]);
  expect(cases).toHaveLength(1 + RULE_NAMES.length + 1 + 2 + 1 + 2);
  expect(xml).toMatch(/<testsuites [^>]*failures="2" errors="1"/);
});
