import { checksForCause } from '../engine/check-plan.ts';
import { driveToStep } from '../engine/driving.ts';
import { signatureOf } from '../engine/signature.ts';
import { SelfExplainingError } from '../thrown.ts';
import type { Fork, ForkChange } from '../trace/format/fork.ts';
import { placeOf } from '../trace/format/fork.ts';
import { NEEDS, type Need, type PartKind } from '../trace/words/judged.ts';
import { fieldsOf, type JudgedField } from './fields.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { isSwallowed, OtherResults, type ResultChange } from './other-results.ts';
import { cutParent, keptParent, type Parent } from './parent.ts';
import { partsOf, type Part } from './parts.ts';

/** A finding of a run whose reasons are asked for. */
export interface Failure {
  /** The signature of its cause. */
  readonly signature: string;
  readonly stepIndex: number;
}

/** What a run comes to with another value of a field. */
interface FieldTry extends Pick<JudgedField, 'need' | 'other'> {
  readonly isRefused: boolean;
}

/** A part of a run, and whether the finding needs it. */
export interface JudgedPart {
  readonly part: Part;
  readonly need: Need;
}

/** Why a run fails, as far as taking out its parts can tell. */
export interface ButFor {
  readonly failure: Failure;
  /** In the order of the run. */
  readonly parts: readonly JudgedPart[];
  /** How many parts there are to be judged: more than were, if it was stopped. */
  readonly partsAsked: number;
  /**
   * Whether parts were taken out many at a time, as in a long run: those without all of which it fails as before are
   * not needed, whatever each of them would do by itself.
   */
  readonly isByGroups: boolean;
  /**
   * Groups of parts that are not needed one by one, without all of which the finding is gone. Groups share no
   * part; there are none when the finding appears without everything that is not needed.
   */
  readonly together: readonly (readonly Part[])[];
  /**
   * Parts without all of which the finding is there as before: what is neither needed nor in a group. Absent
   * when not all groups were found.
   */
  readonly spare: readonly Part[] | undefined;
  /** Of a short run, the fields of the requests that are needed, in order; empty for others. */
  readonly fields: readonly JudgedField[];
  /** The smallest change after which the run passes, if one was found. */
  readonly nearest: Part | undefined;
  /** Runs that were made. */
  readonly tries: number;
  /** Whether it was stopped: parts are missing then. */
  readonly isStopped: boolean;
}

/** How a question is watched and stopped. */
export interface ButForOptions {
  /** Called with each part as it is judged. */
  readonly onJudged?: (judged: JudgedPart, made: number, of: number) => void;
  /** Called before each run; may return to the event loop, so that messages come in. */
  readonly isCancelled?: () => boolean | Promise<boolean>;
}

/** Thrown for a run that does not fail again: there is nothing to explain. */
export class NotFailingError extends SelfExplainingError {
  override readonly name = 'NotFailingError';

  /** Whether the machine was changed, and its cause appears nowhere in the run any more. */
  readonly isGone: boolean;

  constructor(message: string, isGone: boolean) {
    super(message);
    this.isGone = isGone;
  }
}

/** Parts up to a finding that are judged; those nearest to it, if a run has more. */
export const PARTS_MAX = 100_000;
/** Parts are taken out one by one if that executes at most this many steps in all, which takes seconds. */
const STEPS_ONE_BY_ONE_MAX = 4_000_000;
/** How far beyond the finding a run is followed, to see whether the cause appears elsewhere. */
const BEYOND_STEPS_MAX = 1_000;
/** The fields of requests are asked about in runs of up to this many steps. */
const FIELDS_STEPS_MAX = 20;
/** Other results are tried as long as that executes at most this many steps in all. */
const RESULT_STEPS_MAX = 200_000;
/** Runs that are made to find parts that only matter together. */
const TOGETHER_TRIES_MAX = 400;
/** At most this many groups of such parts are reported. */
const GROUPS_MAX = 3;

/**
 * Asks of each part of a run whether its finding needs it: the run is made again without the part, and
 * looked at for the same cause. The parts are judged from the finding backwards, where the reasons mostly
 * are; those of a long run by ever smaller groups (Zeller, "Isolating Cause-Effect Chains from Computer Programs").
 *
 * @throws {ScenarioError} when the scenario throws.
 */
export async function askButFor(
  subject: ForkSubject,
  whole: Parent,
  failure: Failure,
  options: ButForOptions = {},
): Promise<ButFor> {
  return new Asking(subject, whole, failure, options).ask();
}

class Asking {
  /** With the checks that can find the cause alone. */
  readonly #subject: ForkSubject;
  readonly #checks: ForkSubject['checks'];
  readonly #parent: Parent;
  readonly #failure: Failure;
  readonly #options: ButForOptions;
  readonly #otherResults: OtherResults;
  #resultTries = 0;
  #tries = 0;
  #isStopped = false;

  constructor(subject: ForkSubject, whole: Parent, failure: Failure, options: ButForOptions) {
    this.#subject = { ...subject, checks: subject.checks ?? checksForCause(failure.signature) };
    this.#checks = subject.checks;
    this.#parent = keptParent(cutParent(whole, failure.stepIndex + 1 + BEYOND_STEPS_MAX));
    this.#otherResults = new OtherResults(subject, this.#parent);
    this.#failure = failure;
    this.#options = options;
  }

  async ask(): Promise<ButFor> {
    const failure = this.#failure;
    await requireFailing(this.#subject, this.#parent, failure);
    const asked = partsOf(this.#parent, failure.stepIndex).slice(-PARTS_MAX);
    const isByGroups = asked.length * this.#parent.length > STEPS_ONE_BY_ONE_MAX;
    const judged: JudgedPart[] = [];
    await this.#judge(asked, isByGroups, async (part, need) => {
      const one = (need === 'notNeeded' && (await this.#asResult(part))) || { part, need };
      judged.push(one);
      this.#options.onJudged?.(one, judged.length, asked.length);
    });
    judged.reverse();
    const { together, spare } = await this.#findTogether(judged);
    const fields = this.#isStopped ? [] : await this.#judgeFields(judged);
    return {
      failure,
      parts: judged,
      partsAsked: asked.length,
      isByGroups,
      together,
      spare,
      fields,
      nearest: nearestOf(judged),
      tries: this.#tries,
      isStopped: this.#isStopped,
    };
  }

  /** Judges parts from the last one on: at first all at once if that is by groups, or else each by itself. */
  async #judge(
    parts: readonly Part[],
    isByGroups: boolean,
    take: (part: Part, need: Need) => Promise<void>,
  ): Promise<void> {
    const groups = isByGroups ? [parts] : parts.map((part) => [part]);
    while (groups.length > 0) {
      const group = groups.pop() ?? [];
      const need = await this.#needOf(changesWithout(group));
      if (need === undefined) return;
      if (need === 'notNeeded' || group.length === 1) {
        for (const part of group.toReversed()) await take(part, need);
      } else {
        const middle = Math.floor(group.length / 2);
        groups.push(group.slice(0, middle), group.slice(middle));
      }
    }
  }

  /**
   * Judges what a completion says, where it need not come: of a result that the machine accepts without doing
   * anything, it is the same whether it comes. Nothing for one of which no other result is known.
   */
  async #asResult({ kind, stepIndex }: Part): Promise<JudgedPart | undefined> {
    if (kind !== 'completion') return undefined;
    const isIdle = isSwallowed(this.#parent, stepIndex);
    if (!isIdle && this.#failure.stepIndex >= FIELDS_STEPS_MAX) return undefined;
    let found: JudgedPart | undefined;
    for (const other of await this.#otherResults.of(stepIndex)) {
      if (this.#resultTries * this.#parent.length >= RESULT_STEPS_MAX) break;
      this.#resultTries += 1;
      const need = await this.#needOf([other]);
      if (need === undefined) return undefined;
      // Such a result may matter together with others. Of those that do something, that is asked without them.
      if (need === 'notNeeded' && !isIdle) continue;
      if (found && NEEDS.indexOf(found.need) <= NEEDS.indexOf(need)) continue;
      if (!(await this.#isSound(other))) continue;
      found = { part: { kind: 'resultValue', stepIndex, without: [other] }, need };
      if (need === 'needed') break;
    }
    return found;
  }

  /** Whether a machine accepts another result if it accepted the own one, and nothing new is found then. */
  async #isSound(change: ResultChange): Promise<boolean> {
    const { at } = change;
    const known = new Set(this.#parent.findings.map(signatureOf));
    const wasAccepted = this.#parent.step(at).outcome.kind === 'ok';
    const fork: Fork = { from: at, changes: [change], goesOn: 'sameOperations' };
    this.#tries += 1;
    this.#resultTries += 1;
    const subject = { ...this.#subject, checks: this.#checks };
    const forked = await startFork(subject, this.#parent, fork);
    const { step } = await driveToStep(forked.run, ({ outcome, findings }) => {
      const isOwn = forked.parentStep === at;
      if (isOwn && wasAccepted && outcome.kind !== 'ok') return true;
      return findings.some((finding) => !known.has(signatureOf(finding)));
    });
    return step === undefined;
  }

  /** Gives each field of the requests that are needed other values, which is worth it in a short run only. */
  async #judgeFields(judged: readonly JudgedPart[]): Promise<readonly JudgedField[]> {
    const asked = judged.filter(({ part, need }) => part.kind === 'input' && need !== 'notNeeded');
    if (this.#failure.stepIndex >= FIELDS_STEPS_MAX) return [];
    const steps = asked.map(({ part }) => part.stepIndex);
    const fields: JudgedField[] = [];
    for (const { others, ...field } of await fieldsOf(this.#subject, this.#parent, steps)) {
      const tries: FieldTry[] = [];
      for (const other of others) {
        const need = await this.#needOf([other]);
        if (need === undefined) return [];
        const isRefused = need !== 'notNeeded' && (await this.#isRefused(other));
        tries.push({ need, other, isRefused });
        if (need === 'needed' && !isRefused) break;
      }
      const accepted = tries.filter(({ isRefused }) => !isRefused);
      const [strongest] = (accepted.length > 0 ? accepted : tries).toSorted(
        (one, another) => NEEDS.indexOf(one.need) - NEEDS.indexOf(another.need),
      );
      if (!strongest) continue;
      const { need, other } = strongest;
      const counts = { tried: accepted.length, refused: tries.length - accepted.length };
      fields.push({ ...field, need, other, ...counts });
    }
    return fields;
  }

  /** Whether a request that was accepted is refused when it is changed. */
  async #isRefused(change: ForkChange): Promise<boolean> {
    const from = placeOf(change);
    if (this.#parent.step(from).outcome.kind !== 'ok') return false;
    const fork: Fork = { from, changes: [change], goesOn: 'sameOperations' };
    this.#tries += 1;
    const { run } = await startFork(this.#subject, this.#parent, fork);
    const { step } = await driveToStep(run, ({ stepIndex }) => stepIndex === from);
    return step?.outcome.kind === 'err';
  }

  /** What the run with changes comes to; `undefined` when the question is cancelled. */
  async #needOf(changes: readonly ForkChange[]): Promise<Need | undefined> {
    this.#isStopped = (await this.#options.isCancelled?.()) ?? false;
    if (this.#isStopped) return undefined;
    this.#tries += 1;
    const { signature, stepIndex } = this.#failure;
    const from = Math.min(stepIndex, ...changes.map(placeOf));
    const fork: Fork = { from, changes, goesOn: 'sameOperations' };
    const forked = await startFork(this.#subject, this.#parent, fork);
    let appears = false;
    const { step } = await driveToStep(forked.run, ({ findings }) => {
      if (!findings.some((found) => signatureOf(found) === signature)) return false;
      appears = true;
      return forked.parentStep === stepIndex;
    });
    if (step) return 'notNeeded';
    return appears ? 'otherwise' : 'needed';
  }

  /** Takes out everything that is not needed; where the finding is gone then, finds the parts that it takes. */
  async #findTogether(judged: readonly JudgedPart[]): Promise<Pick<ButFor, 'together' | 'spare'>> {
    const together: (readonly Part[])[] = [];
    const triesMax = this.#tries + TOGETHER_TRIES_MAX;
    let spare = judged.filter(({ need }) => need === 'notNeeded').map(({ part }) => part);
    while (!this.#isStopped && spare.length > 1 && (await this.#isGoneWithout(spare))) {
      if (together.length === GROUPS_MAX) return { together, spare: undefined };
      const group = await this.#fewestOf(spare, triesMax);
      if (!group) return { together, spare: undefined };
      together.push(group);
      spare = spare.filter((part) => !group.includes(part));
    }
    return { together, spare: this.#isStopped ? undefined : spare };
  }

  async #isGoneWithout(parts: readonly Part[]): Promise<boolean> {
    const need = await this.#needOf(changesWithout(parts));
    return need === 'needed' || need === 'otherwise';
  }

  /** As few of some parts as make the finding disappear, by halves; `undefined` when that takes too long. */
  async #fewestOf(parts: readonly Part[], triesMax: number): Promise<readonly Part[] | undefined> {
    let out = parts;
    for (
      let size = Math.ceil(out.length / 2);
      size >= 1;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let at = 0; at < out.length && this.#tries < triesMax && !this.#isStopped;) {
        const fewer = out.toSpliced(at, size);
        if (fewer.length > 0 && (await this.#isGoneWithout(fewer))) out = fewer;
        else at += size;
      }
    }
    return this.#isStopped || this.#tries >= triesMax ? undefined : out;
  }
}

/**
 * Makes sure that a run fails when it is executed again: what other runs come to says nothing otherwise.
 *
 * @throws {NotFailingError} when it does not.
 */
export async function requireFailing(
  subject: ForkSubject,
  parent: Parent,
  { signature, stepIndex }: Failure,
): Promise<void> {
  const whole: Fork = { from: 0, changes: [], goesOn: 'sameOperations' };
  const forked = await startFork(subject, parent, whole);
  let elsewhere: number | undefined;
  const { step } = await driveToStep(forked.run, ({ stepIndex: at, findings }) => {
    if (!findings.some((found) => signatureOf(found) === signature)) return false;
    elsewhere ??= at;
    return forked.parentStep === stepIndex;
  });
  if (step) return;
  const { sourceHash } = parent.header;
  const now = subject.sourceHash;
  const isEarlier = sourceHash !== undefined && now !== undefined && now !== sourceHash;
  throw new NotFailingError(
    isEarlier
      ? `The finding is of an earlier source: with the machine as it is now, the run does not fail for this cause at step ${stepIndex}${elsewhere === undefined ? '' : `, but at step ${elsewhere}`}.`
      : `This trace was not made by this machine as it is now: step ${stepIndex} does not fail for this cause when ` +
          'the run is executed again. The trace was changed, or the machine depends on something outside of its ' +
          'state and input. Record it again.',
    isEarlier && elsewhere === undefined,
  );
}

/** The changes that take out parts: what is taken out wholly need not be changed otherwise. */
function changesWithout(parts: readonly Part[]): readonly ForkChange[] {
  const removed = new Set(
    parts.filter(({ kind }) => kind === 'input' || kind === 'secondDelivery').map(stepOf),
  );
  const dropped = new Set(parts.filter(({ kind }) => kind === 'completion').map(stepOf));
  return parts
    .filter(({ kind, stepIndex }) => {
      if (kind === 'input' || kind === 'secondDelivery') return true;
      if (removed.has(stepIndex)) return false;
      return kind === 'completion' || !dropped.has(stepIndex);
    })
    .flatMap(({ without }) => without);
}

function stepOf({ stepIndex }: Part): number {
  return stepIndex;
}

/** How much a run is changed by what it is without: faults of the surroundings come before requests. */
const SIZES: Readonly<Record<PartKind, number>> = {
  secondDelivery: 0,
  delay: 1,
  fault: 2,
  crash: 3,
  loss: 4,
  resultValue: 5,
  completion: 6,
  input: 7,
};

function nearestOf(judged: readonly JudgedPart[]): Part | undefined {
  const needed = judged.filter(({ need }) => need === 'needed').map(({ part }) => part);
  return needed.toSorted(
    (one, other) => SIZES[one.kind] - SIZES[other.kind] || other.stepIndex - one.stepIndex,
  )[0];
}
