import type { StfInput } from '../../machine/machine.ts';
import { ProblemError } from '../../problem.ts';
import {
  CHECKS,
  CHECKS_OF_VERSION_2,
  collectSteps,
  LAST_CHECKS,
  NotApplicable,
  requireSameSteps,
  type GivenInput,
  type NamedCheck,
} from './conformance-checks.ts';
import { NotKept, Subject } from './conformance-subject.ts';
import { ProcessError, type ProcessStart } from './machine-process.ts';
import { PROTOCOL_VERSIONS, stfParams, type ProtocolVersion } from './protocol.ts';

/** One requirement on a process, and whether it is met. */
export interface Check {
  readonly name: string;
  /** The version of the protocol that was spoken. */
  readonly version: ProtocolVersion;
  readonly status: 'passed' | 'failed' | 'not applicable';
  /** What came instead, or why it was not checked. */
  readonly cause?: string;
  /** Which field to correct, and by which rule. */
  readonly remedy?: string;
}

/** The check that begins, and how many of its version are done. */
export interface BeginningCheck extends Pick<Check, 'name' | 'version'> {
  readonly done: number;
  readonly of: number;
}

/** What all checks of a process are given. */
interface Given {
  readonly inputs: readonly GivenInput[] | undefined;
  readonly onCheck: (beginning: BeginningCheck) => void;
}

/**
 * Checks a process against everything that the protocol defines, one requirement at a time, in each
 * version that it speaks.
 *
 * @param operations for `stf`, in order; without them, requirements that need a step are not checked.
 * @param onCheck is called before each check.
 * @throws {ProblemError} when the program does not start.
 */
export async function checkConformance(
  start: ProcessStart,
  operations: readonly StfInput[] | undefined,
  onCheck: Given['onCheck'] = () => undefined,
): Promise<readonly Check[]> {
  const given = { inputs: operations?.map(stfParams), onCheck };
  const newest = new Subject(start, PROTOCOL_VERSIONS);
  const oldest = new Subject(start, [1]);
  try {
    const version = await versionOf(newest);
    if (version === 2) {
      const checks = [...CHECKS, ...CHECKS_OF_VERSION_2, ...LAST_CHECKS];
      return [
        ...(await conductAll(checks, newest, given, 2)),
        ...(await checkOldest(newest, oldest, given)),
      ];
    }
    return await conductAll([...CHECKS, ...LAST_CHECKS], newest, given, version ?? 1);
  } finally {
    await newest.close();
    await oldest.close();
  }
}

/** The version that a process chooses; nothing if it does not begin, which the first check reports. */
async function versionOf(subject: Subject): Promise<ProtocolVersion | undefined> {
  try {
    return (await subject.begin()).beginning.version;
  } catch (error) {
    if (error instanceof NotKept || error instanceof ProcessError) return undefined;
    throw error;
  }
}

/** Checks a process of version 2 in version 1, if it speaks that as well, and compares the two. */
async function checkOldest(
  newest: Subject,
  oldest: Subject,
  given: Given,
): Promise<readonly Check[]> {
  if ((await versionOf(oldest)) === undefined) {
    const cause = 'it speaks version 2 only, which is enough';
    return [{ name: 'it speaks version 1', version: 1, status: 'not applicable', cause }];
  }
  const compare: NamedCheck = [
    'its steps are the same in version 2',
    async () => {
      await newest.beginAnew();
      requireSameSteps(
        await collectSteps(newest, given.inputs),
        await collectSteps(oldest, given.inputs),
        'the steps in version 2',
        'Give the same fields "outcome" and "actions" in both versions, and let the field "changes" of version 2 lead to the field "state" of version 1.',
      );
    },
  ];
  return conductAll([...CHECKS, compare, ...LAST_CHECKS], oldest, given, 1);
}

async function conductAll(
  checks: readonly NamedCheck[],
  subject: Subject,
  { inputs, onCheck }: Given,
  version: ProtocolVersion,
): Promise<readonly Check[]> {
  const done: Check[] = [];
  for (const [at, [name, check]] of checks.entries()) {
    onCheck({ name, version, done: at, of: checks.length });
    done.push({ name, version, ...(await conduct(() => check(subject, inputs))) });
    // A process that does not begin cannot be checked further.
    if (done.length === 1 && done[0]?.status === 'failed') break;
  }
  return done;
}

async function conduct(check: () => Promise<void>): Promise<Omit<Check, 'name' | 'version'>> {
  try {
    await check();
    return { status: 'passed' };
  } catch (error) {
    if (error instanceof NotApplicable) return { status: 'not applicable', cause: error.message };
    if (error instanceof NotKept) {
      return { status: 'failed', cause: error.message, remedy: error.remedy };
    }
    if (!(error instanceof ProcessError)) throw error;
    if (error.name === 'ProcessNotStarted') throw new ProblemError(error.problem, { cause: error });
    const { title, remedy, details } = error.problem;
    const cause = details === undefined ? title : `${title} ${details}`;
    return { status: 'failed', cause, ...(remedy === undefined ? {} : { remedy }) };
  }
}
