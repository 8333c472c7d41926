import { expect, it } from 'vitest';
import { Run } from '../../core/engine/run.ts';
import { scenarioSource } from '../../core/engine/simulation.ts';
import type { Finding } from '../../core/machine/finding.ts';
import { machine, scenarios } from './index.ts';

it('books two overlapping appointments at a known step of a known seed', () => {
  const [scenario] = scenarios;
  if (!scenario) throw new Error('the dentist has scenarios');
  const source = scenarioSource({ scenario, seed: 12345n, operationsMax: 1000 });
  const findings: Finding[] = [];
  void new Run(machine, source).advance(Number.POSITIVE_INFINITY, (step) => {
    findings.push(...step.findings);
  });
  expect(findings).toEqual([
    {
      stepIndex: 77,
      kind: 'invariant',
      name: 'no two bookings overlap',
      shape: 'completion Success',
      message: 'Monday 15:00 overlaps Monday 15:15',
    },
  ]);
});
