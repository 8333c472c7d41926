import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { formatSentence, type Sentence } from '../trace/words/sentences.ts';
import { askButFor, type ButFor, type JudgedPart } from './but-for.ts';
import { askDoom } from './doom.ts';
import { explain } from './explanation.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { parentInMemory, type Parent } from './parent.ts';
import type { Part } from './parts.ts';

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
  const found = parent.findings[0] as Finding;
  const failure = { signature: signatureOf(found), stepIndex: found.stepIndex };
  return { parent, subject, failure, found: await askButFor(subject, parent, failure) };
}

const needs = (parts: readonly JudgedPart[]) =>
  parts.map(({ part, need }) => `${part.kind} ${part.stepIndex} ${need}`);
const groupsIn = ({ together }: ButFor) =>
  together.map((group) => group.map(({ stepIndex }) => stepIndex));
const has =
  (...names: string[]) =>
  (state: Switches['State']) =>
    names.every((name) => state.on.includes(name));

async function firstFinding(
  isBroken: (state: Switches['State']) => boolean,
  list: readonly Operation[],
): Promise<Finding | undefined> {
  const machine = switches(isBroken);
  const checks = { ...planChecks(machine, FAULT_PROFILES.none), rules: {} };
  const run = new Run(machine, replaySource(list), { checks });
  const seen: Finding[] = [];
  await run.advance(Number.POSITIVE_INFINITY, ({ findings }) => seen.push(...findings));
  return seen[0];
}

/** What a run without parts comes to: whether the finding is there as it was. */
async function findingWithout(
  subject: ForkSubject,
  parent: Parent,
  { signature, stepIndex }: { readonly signature: string; readonly stepIndex: number },
  parts: readonly Part[],
): Promise<'fails' | 'elsewhere' | 'passes'> {
  const changes = parts.flatMap(({ without }) => without);
  const forked = await startFork(subject, parent, { from: 0, changes, goesOn: 'sameOperations' });
  let comesTo: 'fails' | 'elsewhere' | 'passes' = 'passes';
  await forked.run.advance(Number.POSITIVE_INFINITY, ({ findings }) => {
    if (!findings.some((one) => signatureOf(one) === signature)) return;
    if (forked.parentStep === stepIndex) comesTo = 'fails';
    else if (comesTo === 'passes') comesTo = 'elsewhere';
  });
  return comesTo;
}

describe('but for', () => {
  it('does not say that a run passes in which something else was found', async () => {
    const { found, parent } = await runOf(has('a', 'b'), on('a'), on('x'), on('b'));
    const [own] = parent.findings;
    if (!own) throw new Error('It should fail.');
    const other = { ...own, name: 'another one' };
    const told = explain({ ...parent, findings: [own, other] }, found).map(formatSentence);
    expect(told).toContain('Without this request this cause does not appear.');
    const far = explain({ ...parent, findings: [other] }, { ...found, nearest: undefined });
    expect(far.map(formatSentence)).toContain(
      'No single change was found after which this cause does not appear.',
    );
  });

  it('finds the parts without which it passes', async () => {
    const { found, parent } = await runOf(has('a', 'b'), on('a'), on('x'), on('b'));
    expect(needs(found.parts)).toEqual(['input 0 needed', 'input 1 notNeeded', 'input 2 needed']);
    expect(found.together).toEqual([]);
    expect(explain(parent, found).map(formatSentence)).toEqual([
      'Fails because of the request b (step 2).',
      'Without this request it passes.',
      'It also takes the request a at step 0.',
      '1 request before it does not matter.',
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
    expect(groupsIn(found)).toEqual([[0, 2]]);
    expect(explain(parent, found).map(formatSentence).join(' ')).toContain(
      'Step 0 and step 2 matter only together',
    );
  });

  it('tells of them where no part is needed by itself', async () => {
    const { found, parent } = await runOf(has('a'), on('a'));
    const [only] = found.parts.map(({ part }) => part);
    const both: ButFor = { ...found, parts: [], partsAsked: 0, together: [only ? [only] : []] };
    expect(explain(parent, both).map(formatSentence)).toEqual([
      'No single part of the run before it is needed for it.',
      'Of step 0, one thing or another is needed.',
    ]);
  });

  it('finds several groups of parts of which any will do', async () => {
    const both = (state: Switches['State']) => has('a', 'b', 'c')(state);
    const inputs = [on('a'), on('a'), on('x'), on('b'), on('b'), on('c')];
    const { found, parent } = await runOf(both, ...inputs);
    expect(new Set(groupsIn(found).map(String))).toEqual(new Set(['0,1', '3,4']));
    expect(found.spare?.map(({ stepIndex }) => stepIndex)).toEqual([2]);
    const text = explain(parent, found).map(formatSentence).join(' ');
    expect(text).toMatch(
      /matter only together: .* So do step \d and step \d\. 1 request before it/,
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
      'Fails because the result yes of tracked action 2 is delivered twice (step 4).',
    );
  });

  it('says of a result that it takes no fault, or that another one came before', async () => {
    const answered = (state: Switches['State']) => state.answers > 0;
    const once = await runOf(answered, on('ask'), on('x'), yes(1));
    expect(explain(once.parent, once.found).map(formatSentence)).toEqual([
      'Fails because the result yes of tracked action 1 comes (step 2); it takes no fault, delay or crash.',
      'It also takes the request ask at step 0.',
      '1 delay and 1 request before it do not matter.',
      'The nearest run that passes differs in that alone.',
    ]);
    const changed = (state: Switches['State']) => state.answers > 1;
    const twice = await runOf(changed, on('ask'), yes(1), yes(1));
    expect(explain(twice.parent, twice.found).map(formatSentence)[0]).toBe(
      'Fails because the result yes of tracked action 1 comes (step 2), although its result yes had come before (step 1).',
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

  it('says nothing in a sentence that a run of its own contradicts', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'ask');
    const inputs = fc.array(name, { minLength: 2, maxLength: 7 });
    const condition = fc.record({
      names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 }),
      answers: fc.integer({ min: 0, max: 2 }),
      isEither: fc.boolean(),
    });
    const tally = { because: 0, also: 0, spare: 0, nearest: 0 };
    await fc.assert(
      fc.asyncProperty(inputs, condition, async (list, { names, answers, isEither }) => {
        const isBroken = ({ on: now, answers: came }: Switches['State']) =>
          (isEither
            ? names.some((one) => now.includes(one))
            : has(...names)({ on: now } as never)) && came >= answers;
        const asked = list.flatMap((one, at) => (one === 'ask' ? [at + 1] : []));
        const answered = asked.flatMap((id) => [yes(id), again(id)]);
        const operations = [...list.map(on), ...answered, on('end')];
        fc.pre((await firstFinding(isBroken, operations)) !== undefined);
        const { parent, subject, failure, found } = await runOf(isBroken, ...operations);
        const comesTo = (parts: readonly Part[]) => findingWithout(subject, parent, failure, parts);
        const told = explain(parent, found);
        const partsAt = (sentence: Sentence | undefined) =>
          (sentence ?? []).flatMap((piece) =>
            typeof piece === 'string'
              ? []
              : found.parts.filter(({ part }) => part.stepIndex === piece.stepIndex),
          );
        const sentence = (start: RegExp) => told.find((one) => start.test(formatSentence(one)));
        const reason = partsAt(sentence(/^Fails because/)).map(({ part }) => part);
        if (sentence(/^Without .* it passes/)) {
          tally.because += 1;
          const outcomes = await Promise.all(reason.map((part) => comesTo([part])));
          expect(outcomes).toContain('passes');
        }
        // Each step that it takes: without it, the finding is not there as it was.
        for (const { part, need } of partsAt(sentence(/^It also takes/))) {
          if (need === 'notNeeded') continue;
          tally.also += 1;
          expect(await comesTo([part])).not.toBe('fails');
        }
        if (sentence(/not matter\.$/)) {
          const isTold = ({ part, need }: JudgedPart) =>
            need === 'notNeeded' && !found.together.flat().includes(part);
          for (const { part } of found.parts.filter(isTold)) {
            tally.spare += 1;
            expect(await comesTo([part])).toBe('fails');
          }
        }
        if (sentence(/^The nearest run that passes/)) {
          tally.nearest += 1;
          expect(found.nearest && (await comesTo([found.nearest]))).toBe('passes');
        }
        if (sentence(/^No single change/)) {
          const outcomes = await Promise.all(found.parts.map(({ part }) => comesTo([part])));
          expect(outcomes).not.toContain('passes');
        }
        expect(told.length).toBeLessThanOrEqual(6);
      }),
      // Always the same, so that each kind of sentence comes.
      { numRuns: 80, seed: 1 },
    );
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(0);
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

  it('says what is left open when it was stopped', async () => {
    const { parent, subject, failure } = await runOf(has('a', 'b'), on('a'), on('x'), on('b'));
    const stoppedAfter = async (tries: number) => {
      let asked = 0;
      const isCancelled = () => (asked += 1) > tries;
      const found = await askButFor(subject, parent, failure, { isCancelled });
      return explain(parent, found).map(formatSentence);
    };
    expect(await stoppedAfter(2)).toEqual([
      'Fails because of the request b (step 2).',
      'Without this request it passes.',
      '1 request before it does not matter on its own.',
      'The nearest run that passes differs in that alone.',
      'It was stopped when 2 of the 3 parts of the run had been taken out: the earlier ones may matter, too.',
    ]);
    expect(await stoppedAfter(0)).toEqual([
      'No single part that was tried is needed for it.',
      'It was stopped when 0 of the 3 parts of the run had been taken out: the earlier ones may matter, too.',
    ]);
  });

  it('finds the few parts that a long run needs among thousands, in few runs', async () => {
    const many = Array.from({ length: 2_100 }, (_, at) => on(`x${at}`));
    const list = many.with(40, on('a')).with(1_000, on('b')).with(1_700, on('ask'));
    const broken = (state: Switches['State']) => has('a', 'b')(state) && state.answers > 0;
    const { found, parent } = await runOf(broken, ...list, yes(1_701));
    expect([found.isByGroups, found.partsAsked, found.parts.length]).toEqual([true, 2_102, 2_102]);
    expect(needs(found.parts.filter(({ need }) => need !== 'notNeeded'))).toEqual([
      'input 40 needed',
      'input 1000 needed',
      'input 1700 needed',
      'completion 2100 needed',
    ]);
    const steps = found.parts.map(({ part }) => part.stepIndex);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    expect(found.tries).toBeLessThan(150);
    expect(explain(parent, found).map(formatSentence)).toContainEqual(
      expect.stringMatching(/1 delay and 2.?097 requests before it do not matter\./),
    );
  });

  it('explains nothing that does not fail any more', async () => {
    const { parent, subject, failure } = await runOf(has('a', 'b'), on('a'), on('b'));
    const mended = { ...subject, machine: switches(() => false) };
    await expect(askButFor(mended, parent, failure)).rejects.toThrow(
      'does not fail for this cause',
    );
    await expect(askDoom(mended, parent, failure)).rejects.toThrow('does not fail for this cause');
  });

  it('says so when the finding is of an earlier source', async () => {
    const { parent, subject, failure } = await runOf(has('a', 'b'), on('a'), on('b'));
    const recorded = { ...parent, header: { ...parent.header, sourceHash: 'was' } };
    const machine = switches(() => false);
    const ask = (sourceHash: string) =>
      askButFor({ ...subject, machine, sourceHash }, recorded, failure);
    await expect(ask('now')).rejects.toThrow('The finding is of an earlier source');
    await expect(ask('now')).rejects.toMatchObject({ isGone: true });
    await expect(ask('was')).rejects.toMatchObject({ isGone: false });
    await expect(ask('was')).rejects.toThrow('depends on something outside of its state');
  });
});
