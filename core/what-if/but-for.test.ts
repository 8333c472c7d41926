import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { formatSentence } from '../trace/sentences.ts';
import { askButFor, type JudgedPart } from './but-for.ts';
import { askDoom } from './doom.ts';
import { explain } from './explanation.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { parentInMemory, type Parent } from './parent.ts';

interface Switches extends MachineTypes {
  State: { on: string[]; nextId: number; answers: number };
  Input: string;
  Id: number;
  Tracked: 'ask';
  Untracked: never;
  Result: 'yes' | 'no';
  Rejection: never;
}

/** Fails as soon as what `isBroken` says of its switches is true. "ask" emits a tracked action. */
function switches(isBroken: (state: Switches['State']) => boolean) {
  return defineMachine<Switches>({
    name: 'switches',
    description: 'Switches that go on.',
    initialState: () => ({ on: [], nextId: 1, answers: 0 }),
    stf(state, input, actions) {
      if (input.kind === 'trackedActionCompleted') {
        state.update((draft) => {
          draft.answers += input.result === 'yes' ? 1 : 0;
        });
        return ok();
      }
      if (input.input === 'ask') actions.tracked(state.current.nextId, 'ask');
      state.update((draft) => {
        draft.on.push(input.input);
        draft.nextId += 1;
      });
      return ok();
    },
    restore: () => ok(),
    invariants: { sound: (state) => !isBroken(state as Switches['State']) },
  });
}

const on = (input: string): Operation => ({ kind: 'normal', input });
const yes = (id: number): Operation => ({ kind: 'trackedActionCompleted', id, result: 'yes' });
const again = (id: number): Operation => ({ ...yes(id), isDuplicate: true }) as Operation;

async function runOf(isBroken: (state: Switches['State']) => boolean, ...list: Operation[]) {
  const machine = switches(isBroken);
  const checks = { ...planChecks(machine, FAULT_PROFILES.none), rules: {} };
  const run = new Run(machine, replaySource(list), { checks });
  const label = { scenario: '', seed: 0n, operationsMax: list.length, faults: 'none' };
  const parent = await parentInMemory({ machine, run, label });
  const subject: ForkSubject = { machine, checks };
  const found = findingsOf(parent)[0] as Finding;
  const failure = { signature: signatureOf(found), stepIndex: found.stepIndex };
  return { parent, subject, failure, found: await askButFor(subject, parent, failure) };
}

function findingsOf({ length, ...parent }: Parent): readonly Finding[] {
  return Array.from({ length }, (_, at) => parent.step(at)).flatMap(({ findings }) => findings);
}

const needs = (parts: readonly JudgedPart[]) =>
  parts.map(({ part, need }) => `${part.kind} ${part.stepIndex} ${need}`);
const has =
  (...names: string[]) =>
  (state: Switches['State']) =>
    names.every((name) => state.on.includes(name));

describe('but for', () => {
  it('finds the parts without which it passes', async () => {
    const { found, parent } = await runOf(has('a', 'b'), on('a'), on('x'), on('b'));
    expect(needs(found.parts)).toEqual(['input 0 needed', 'input 1 notNeeded', 'input 2 needed']);
    expect(found.together).toEqual([]);
    expect(explain(parent, found).map(formatSentence)).toEqual([
      'Fails because of the request b (step 2).',
      'Without this request it passes.',
      'It also takes the request at step 0.',
      '1 request before it does not matter.',
      'The nearest run that passes differs in that alone.',
    ]);
  });

  it('finds parts of which any will do', async () => {
    const either = (state: Switches['State']) =>
      state.on.includes('c') && (has('a')(state) || has('b')(state));
    const { found, parent } = await runOf(either, on('a'), on('x'), on('b'), on('c'));
    expect(needs(found.parts)).toEqual([
      'input 0 notNeeded',
      'input 1 notNeeded',
      'input 2 notNeeded',
      'input 3 needed',
    ]);
    expect(found.together.map(({ stepIndex }) => stepIndex)).toEqual([0, 2]);
    expect(explain(parent, found).map(formatSentence).join(' ')).toContain(
      'Step 0 and step 2 matter only together',
    );
  });

  it('says where the cause appears all the same', async () => {
    const twice = (state: Switches['State']) =>
      state.on.filter((name) => name === 'a').length === 2;
    const { found } = await runOf(twice, on('a'), on('a'), on('x'), on('a'));
    expect(needs(found.parts)).toEqual(['input 0 otherwise', 'input 1 otherwise']);
    expect(found.nearest).toBeUndefined();
  });

  it('names a second delivery before anything else', async () => {
    const doubled = (state: Switches['State']) => state.answers > 1;
    const { found, parent } = await runOf(doubled, on('x'), on('ask'), yes(2), on('x'), again(2));
    expect(needs(found.parts)).toEqual([
      'input 0 notNeeded',
      'input 1 needed',
      'completion 2 needed',
      'input 3 notNeeded',
      'secondDelivery 4 needed',
    ]);
    expect(found.nearest).toMatchObject({ kind: 'secondDelivery', stepIndex: 4 });
    expect(explain(parent, found).map(formatSentence)[0]).toBe(
      'Fails because the result yes of 2 is delivered twice (step 4).',
    );
  });

  it('is true of every part, as a run of its own shows', async () => {
    const odd = (state: Switches['State']) => has('a', 'b')(state) && state.answers > 0;
    const list = [on('ask'), on('a'), yes(1), on('b'), on('a'), on('x')];
    const { found, parent, subject, failure } = await runOf(odd, ...list);
    for (const { part, need } of found.parts) {
      const fork = { from: 0, changes: part.without, goesOn: 'sameOperations' } as const;
      const { run } = await startFork(subject, parent, fork);
      const seen: Finding[] = [];
      await run.advance(Number.POSITIVE_INFINITY, (step) => seen.push(...step.findings));
      const isThere = seen.some((one) => signatureOf(one) === failure.signature);
      expect([part.kind, part.stepIndex, need !== 'needed']).toEqual([
        part.kind,
        part.stepIndex,
        isThere,
      ]);
    }
  });

  it('ends early when it is cancelled, with what is known', async () => {
    const { parent, subject, failure } = await runOf(has('a', 'b'), on('a'), on('x'), on('b'));
    let asked = 0;
    const found = await askButFor(subject, parent, failure, {
      isCancelled: () => (asked += 1) > 2,
    });
    expect(needs(found.parts)).toEqual(['input 1 notNeeded', 'input 2 needed']);
    expect(found.isStopped).toBe(true);
  });

  it('explains nothing that does not fail any more', async () => {
    const { parent, subject, failure } = await runOf(has('a', 'b'), on('a'), on('b'));
    const mended = { ...subject, machine: switches(() => false) };
    await expect(askButFor(mended, parent, failure)).rejects.toThrow(
      'does not fail for this cause',
    );
    await expect(askDoom(mended, parent, failure)).rejects.toThrow('does not fail for this cause');
  });
});
