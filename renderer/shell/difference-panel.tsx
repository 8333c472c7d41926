import type { ReactNode } from 'react';
import type { Verified } from '../../core/api/contract.ts';
import { formatStep, parseLine, type Step } from '../../core/trace/format.ts';
import { describeOperation } from '../design/describe.ts';
import { formatCount } from '../design/format.ts';
import { StepLink } from '../step/step-link.tsx';
import './difference-panel.css';

/** The first step whose re-execution differs: expected and actual side by side. */
export function DifferencePanel({
  verified,
}: {
  verified: Exclude<Verified, { kind: 'agrees' }>;
}): ReactNode {
  if (verified.kind === 'initialState') {
    return (
      <div className="difference">
        <h2>The initial state differs</h2>
        <p className="muted">
          The machine begins with another state than the trace, so no step can be compared.
        </p>
        <Columns rows={[['digest', verified.expectedHash, verified.actualHash]]} />
      </div>
    );
  }
  const expected = stepOf(verified.expectedLine);
  const actual = stepOf(verified.actualLine);
  const fields = new Set(verified.fields);
  const rows = [...fields].map(
    (field) => [field, show(expected, field), show(actual, field)] as const,
  );
  return (
    <div className="difference">
      <h2>
        Step {formatCount(verified.stepIndex)} differs: {describeOperation(expected.operation)}
      </h2>
      <p className="muted">
        The trace and the machine agree until <StepLink stepIndex={verified.stepIndex - 1} />. The
        machine has another source than when the trace was recorded, or it is not deterministic.
      </p>
      <Columns rows={rows} />
    </div>
  );
}

function stepOf(line: string): Step {
  const parsed = parseLine(line);
  if (parsed.kind !== 'step') throw new Error('a compared line is a step');
  return parsed.step;
}

/** A field as it stands in a trace file, indented to be read. */
function show(step: Step, field: string): string {
  const json = JSON.parse(formatStep(step)) as Readonly<Record<string, unknown>>;
  return JSON.stringify(json[field], null, 2) ?? '(nothing)';
}

function Columns({
  rows,
}: {
  rows: readonly (readonly [name: string, expected: string, actual: string])[];
}): ReactNode {
  return (
    <table className="difference-table">
      <thead>
        <tr>
          <th>Part</th>
          <th>Expected, from the trace</th>
          <th>Actual, from the machine</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, expected, actual]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <pre className="data">{expected}</pre>
            </td>
            <td>
              <pre className="data">{actual}</pre>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
