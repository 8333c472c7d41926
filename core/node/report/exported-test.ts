import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import { parseSeed } from '../../text/quantities.ts';
import type { TraceHeader } from '../../trace/format.ts';
import { toLiteral } from '../../value/literal.ts';
import type { Value } from '../../value/value.ts';
import { placeOf } from './findings-text.ts';

/** What an exported test executes and what it expects not to be found. */
export interface ExportedRun {
  readonly header: Pick<TraceHeader, 'machine' | 'scenario' | 'seed' | 'faults'>;
  /** The scenario that judges the end of the run, if the machine has it. */
  readonly scenario: string | undefined;
  readonly operations: readonly Operation[];
  readonly finding: Finding;
  /** The machine file, as a URL relative to the test. */
  readonly machineFrom: string;
}

/**
 * Returns the source of a test. A trace is data: whatever it holds is written as a literal, in
 * comments as well.
 */
export function exportedTest({
  header,
  scenario,
  operations,
  finding,
  machineFrom,
}: ExportedRun): string {
  const { machine, seed, faults } = header;
  const judge = scenario === undefined ? '' : `\n    scenario: ${toLiteral(scenario)},`;
  const lines = operations.map((operation) => `      ${toLiteral(operation as Value)},`);
  return `import { expect, it } from 'vitest';
import { reproduce } from 'phasmoscope/testing';

// Seed ${canonicalSeed(seed)} of ${toLiteral(header.scenario)} under the faults ${toLiteral(faults)}. It was found ${placeOf(finding.stepIndex)}:
// ${toLiteral(finding.message)}
it(${toLiteral(`${machine} keeps "${finding.name}"`)}, async () => {
  const findings = await reproduce({
    machine: new URL(${toLiteral(machineFrom)}, import.meta.url),${judge}
    faults: ${toLiteral(faults)},
    operations: [${lines.length === 0 ? '' : `\n${lines.join('\n')}\n    `}],
  });
  expect(findings.filter(({ name }) => name === ${toLiteral(finding.name)})).toEqual([]);
});
`;
}

/** Returns the digits alone: the text in a trace may contain more, such as a line break. */
function canonicalSeed(text: string): string {
  const parsed = parseSeed(text);
  return parsed.kind === 'ok' ? String(parsed.value) : toLiteral(text);
}
