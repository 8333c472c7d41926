import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import { parseSeed } from '../../text/quantities.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import { placeOf } from '../../trace/words/finding-facts.ts';
import { toLiteral } from '../../value/literal.ts';
import type { Value } from '../../value/value.ts';

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
 * comments as well, and no tool that searches the text for directives finds one in it.
 */
export function exportedTest({
  header,
  scenario,
  operations,
  finding,
  machineFrom,
}: ExportedRun): string {
  const { machine, seed, faults } = header;
  const judge = scenario === undefined ? '' : `\n    scenario: ${dataLiteral(scenario)},`;
  const lines = operations.map((operation) => `      ${dataLiteral(operation as Value)},`);
  return `import { expect, it } from 'vitest';
import { reproduce } from 'phasmoscope/testing';

// Seed ${canonicalSeed(seed)} of ${dataLiteral(header.scenario)} under the faults ${dataLiteral(faults)}. It was found ${placeOf(finding.stepIndex)}:
// ${dataLiteral(finding.message)}
it(${dataLiteral(`${machine} keeps "${finding.name}"`)}, async () => {
  const findings = await reproduce({
    machine: new URL(${dataLiteral(machineFrom)}, import.meta.url),${judge}
    faults: ${dataLiteral(faults)},
    operations: [${lines.length === 0 ? '' : `\n${lines.join('\n')}\n    `}],
  });
  expect(findings.filter(({ name }) => name === ${dataLiteral(finding.name)})).toEqual([]);
});
`;
}

/** Returns the digits alone: the text in a trace may contain more, such as a line break. */
function canonicalSeed(text: string): string {
  const parsed = parseSeed(text);
  return parsed.kind === 'ok' ? String(parsed.value) : dataLiteral(text);
}

/**
 * What comments that command tools are recognized by: vitest's `@vitest-environment` loads a module,
 * wherever it stands in the text. The others are those of compilers, linters, and measurements of coverage.
 */
const DIRECTIVE_MARK =
  /[@#]|(?<=\/)[/*]|(?<=\*)\/|-(?=(?:disable|enable|ignore|env)\b)|(?<=\b(?:istanbul|[cv]8|coverage)) /g;

/** A literal in which no tool finds a directive: the marks of directives can only stand in its strings. */
function dataLiteral(value: Value): string {
  return toLiteral(value).replaceAll(
    DIRECTIVE_MARK,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
