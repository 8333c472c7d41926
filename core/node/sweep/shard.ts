import { ProblemError } from '../../problem.ts';
import { parseShard, toShard, valueOf, type Shard } from '../../text/quantities.ts';

const WHOLE: Shard = { index: 1, total: 1 };

/** Variables that say which of several parallel jobs this is, and how many there are. */
const SERVICES = [
  // Kubernetes sets the index of an indexed job; the author must set the number of completions.
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
 * Returns the shard that this process sweeps, by the environment variables of CI services. Without any,
 * that is everything.
 *
 * @throws {ProblemError} when the variables contradict each other or one of them is missing.
 */
export function shardOf(environment: Readonly<Record<string, string | undefined>>): Shard {
  const given = environment['PHASMOSCOPE_SHARD'];
  if (given !== undefined && given !== '') return valueOf(parseShard(given));
  for (const { name, index, total, first } of SERVICES) {
    const [at = '', of = ''] = [environment[index], environment[total]];
    // For a job that is not divided, some services set a total of one and no index.
    if (at === '' && (of === '' || of === '1')) continue;
    requireBoth(name, { [index]: at, [total]: of });
    const shard = toShard(Number(at) - first + 1, Number(of));
    if (shard) return shard;
    throw new ProblemError({
      title: `The variables of ${name} do not name a shard: ${index} is "${at}", ${total} is "${of}".`,
      remedy: 'Correct the variables, or give --shard 1/1 to sweep everything here.',
    });
  }
  return WHOLE;
}

/** With only one of the two variables, every job would sweep everything. */
function requireBoth(service: string, variables: Readonly<Record<string, string>>): void {
  const entries = Object.entries(variables);
  const [missing] = entries.find(([, value]) => value === '') ?? [];
  const [given, value] = entries.find(([, one]) => one !== '') ?? [];
  if (missing === undefined) return;
  throw new ProblemError({
    title: `The variables of ${service} name half of a shard: ${given} is "${value}", ${missing} is not set.`,
    remedy: `Set ${missing}, or give --shard 1/1 to sweep everything here.`,
  });
}
