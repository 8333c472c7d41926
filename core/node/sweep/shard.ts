import { ProblemError } from '../../problem.ts';

/** Which part of the seeds is this process's: 1-based, of so many. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

const WHOLE: Shard = { index: 1, total: 1 };

/** Variables that say which of several parallel jobs this is, and how many there are. */
const SERVICES = [
  // Kubernetes sets the index of an indexed job; the number of completions is the author's to give.
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', total: 'JOB_COMPLETIONS', first: 0 },
  { name: 'GitLab', index: 'CI_NODE_INDEX', total: 'CI_NODE_TOTAL', first: 1 },
  { name: 'CircleCI', index: 'CIRCLE_NODE_INDEX', total: 'CIRCLE_NODE_TOTAL', first: 0 },
  {
    name: 'Buildkite',
    index: 'BUILDKITE_PARALLEL_JOB',
    total: 'BUILDKITE_PARALLEL_JOB_COUNT',
    first: 0,
  },
] as const;

/**
 * The shard that was asked for, or the one that the environment tells, or everything.
 *
 * @param text such as `3/16`.
 * @throws {ProblemError} for a text, or an environment, that makes no sense.
 */
export function readShard(
  text: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Shard {
  const given = text ?? environment['PHASMOSCOPE_SHARD'];
  if (given !== undefined && given !== '') return parseShard(given);
  for (const { name, index, total, first } of SERVICES) {
    const [at = '', of = ''] = [environment[index], environment[total]];
    // Some services say of a job that is not divided that it is the only one.
    if (at === '' && (of === '' || of === '1')) continue;
    requireBoth(name, { [index]: at, [total]: of });
    const shard = toShard(Number(at) - first + 1, Number(of));
    if (shard) return shard;
    throw new ProblemError({
      title: `${name} gives no shard: ${index} is "${at}", ${total} is "${of}".`,
      remedy: 'Correct the variables, or say --shard 1/1 to sweep everything here.',
    });
  }
  return WHOLE;
}

/** Half of it would make each of the jobs sweep everything, and each find the same. */
function requireBoth(service: string, variables: Readonly<Record<string, string>>): void {
  const entries = Object.entries(variables);
  const [missing] = entries.find(([, value]) => value === '') ?? [];
  const [given, value] = entries.find(([, one]) => one !== '') ?? [];
  if (missing === undefined) return;
  throw new ProblemError({
    title: `${service} gives half of a shard: ${given} is "${value}", ${missing} is not set.`,
    remedy: `Set ${missing}, or say --shard 1/1 to sweep everything here.`,
  });
}

function parseShard(text: string): Shard {
  const [, index, total] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = toShard(Number(index), Number(total));
  if (shard) return shard;
  throw new ProblemError({
    title: `"${text}" is no shard.`,
    remedy: 'Give which of how many, counted from 1: 3/16.',
  });
}

function toShard(index: number, total: number): Shard | undefined {
  const isGood = Number.isInteger(index) && Number.isInteger(total) && index >= 1 && index <= total;
  return isGood ? { index, total } : undefined;
}
