import { beforeAll, describe, expect, it } from 'vitest';
import { signatureOf } from '../../engine/signature.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import {
  causesOf,
  expectMinimal,
  expectReproduced,
  expectShrunk,
  type FailingCause,
} from '../../test-helpers/test-shrinking.ts';
import { findingsAt } from '../../trace/causes.ts';
import { findScenario, loadMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { planRun } from './planning.ts';
import { recordFailing, shrinkRecord } from './shrinking.ts';

const OPERATIONS = 250;
const SEEDS = [0n, 1n, 2n];
let loaded: LoadedMachine;
/** Failing runs of a few seeds, by signature. */
const causes = new Map<string, FailingCause & { readonly seed: bigint }>();

const choice = { scenario: 'mixed-operations', operationsMax: OPERATIONS, faults: 'chaos' };

beforeAll(async () => {
  loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));
  const { machine, locate, guard } = loaded;
  const scenario = findScenario(loaded, 'mixed-operations');
  for (const seed of SEEDS) {
    const faults = FAULT_PROFILES.chaos;
    const settings = { scenario, seed, operationsMax: OPERATIONS, faults, locate };
    for (const [signature, cause] of await causesOf(machine, settings, { guard })) {
      if (!causes.has(signature)) causes.set(signature, { ...cause, seed });
    }
  }
});

describe('every cause of the dentist under chaos', () => {
  it('is shrunk to a trace that ends with it and agrees with the machine', async () => {
    expect(causes.size).toBeGreaterThan(6);
    let hidden = 0;
    const { machine, guard, locate } = loaded;
    const scenario = findScenario(loaded, 'mixed-operations');
    for (const cause of causes.values()) {
      const failing = { label: { ...choice, seed: cause.seed }, ...cause };
      const { lines, shrunk } = await shrinkRecord(loaded, failing);
      expectShrunk(cause, shrunk);
      expect(shrunk.operations.length).toBeLessThan(12);
      const signature = signatureOf(cause.finding);
      await expectMinimal({ machine, guard, locate, scenario, signature }, shrunk);
      const trace = await expectReproduced(lines, cause, machine, { guard, locate, scenario });
      expect(trace.header.shrunkFrom).toMatchObject({
        steps: cause.operations.length,
        stepIndices: shrunk.stepIndices,
      });
      const [shownFirst] = findingsAt(trace, trace.length - 1);
      expect(shownFirst && signatureOf(shownFirst)).toBe(signature);
      if (trace.step(trace.length - 1).findings[0] !== shownFirst) hidden += 1;
    }
    // Other findings of the same step would otherwise come before it.
    expect(hidden).toBeGreaterThan(0);
  });
});

it('keeps the crash after which an answer came again, where nothing is delivered twice', async () => {
  // In this seed, restore asks again about a payment; without the crash, nothing would ask for the answer.
  const isMeant = ({ name }: Finding) => name === 'tracked actions are restorable';
  const failing = await recordFailing(await planRun(loaded, choice), 2n, isMeant);
  if (!failing) throw new Error('this seed loses an action');
  expect(failing.operations.filter(isSecondDelivery)).toEqual([]);
  const { shrunk } = await shrinkRecord(loaded, failing);
  expect(shrunk.operations.filter(isSecondDelivery)).toEqual([]);
  expect(shrunk.operations.map(({ kind }) => kind)).toContain('crash');
});

function isSecondDelivery(operation: Operation): boolean {
  return operation.kind === 'trackedActionCompleted' && operation.isDuplicate === true;
}

it('records a run up to the chosen finding', async () => {
  const [[signature, cause] = ['', undefined]] = [...causes];
  const plan = await planRun(loaded, choice);
  const seed = cause?.seed ?? 0n;
  const failing = await recordFailing(plan, seed, ({ name }) => name === cause?.finding.name);
  expect(failing?.operations).toEqual(cause?.operations);
  expect(signature).toContain(cause?.finding.name);
  expect(await recordFailing(plan, seed, () => false)).toBeUndefined();
});
