import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FaultName } from '../../machine/faults.ts';
import { requirementOf, type MinimalRun } from '../../sweep/minimal-run.ts';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { EMPTY_REPORT } from '../../test-helpers/test-report.ts';
import { annotationsOf, summaryOf } from './github.ts';
import { writeJunit } from './junit.ts';
import { reportedCauses } from './reported-cause.ts';

const RULE = { kind: 'rule', name: 'idempotent completion', shape: 'completion Paid' } as const;

function minimal(needs: readonly string[], given: Partial<MinimalRun> = {}): MinimalRun {
  return {
    seed: '7',
    stepIndex: 3,
    steps: needs.length,
    sentences: [`It needs ${needs.join(', ')}.`],
    pattern: needs.map((what) => ({ what, actions: [] })),
    breaks: [requirementOf(RULE)],
    ...given,
  };
}

const faults: readonly FaultName[] = ['duplicated'];
const otherwise = minimal(['request', 'crash', 'result'], {
  without: faults,
  sentences: ['A crash does it as well.'],
});
const group: SweepGroup = {
  ...RULE,
  message: 'paid twice',
  count: 2,
  seed: '7',
  stepIndex: 3,
  operations: 9,
  signature: 'signature',
  minima: [minimal(['request', 'result', 'result'], { faults }), minimal(['request', 'restore'])],
  otherwise,
};
const report: SweepReport = { ...EMPTY_REPORT, groups: [group] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-reported-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function junitOf(swept: SweepReport): Promise<string> {
  const path = join(folder, 'junit.xml');
  await writeJunit(path, swept);
  return readFileSync(path, 'utf8');
}

it('every report distinguishes causes with the same heading', async () => {
  const texts = reportedCauses(report).map(({ distinction }) => distinction);
  expect(texts).toEqual(['with result', 'with restore']);
  const xml = await junitOf(report);
  const summary = summaryOf(report);
  for (const text of texts) {
    expect(xml).toContain(`name="idempotent completion (completion Paid, ${text})"`);
    expect(summary).toContain(`completion Paid, ${text} |`);
    expect(summary).toContain(`**rule: idempotent completion, ${text}**`);
  }
  expect(annotationsOf(report).map((line) => /title=([^:]*)::/.exec(line)?.[1])).toEqual([
    'rule%3A idempotent completion%2C with result',
    'rule%3A idempotent completion%2C with restore',
  ]);
});

it('another way to a cause is in every report, with the command that goes it', async () => {
  const title = 'another way: minimal run of 3 steps, without second deliveries';
  const command = /npx phasmoscope shrink desk .*--without duplicated --out \S+/;
  for (const text of [
    await junitOf(report),
    summaryOf(report),
    annotationsOf(report).join('\n').replaceAll('%0A', '\n'),
  ]) {
    // Of the cause that needs the fault, and not of the other one.
    expect(text.split(title)).toHaveLength(2);
    const [, described = ''] = text.split(title);
    expect(described).toContain('A crash does it as well.');
    expect(described).toMatch(command);
  }
});
