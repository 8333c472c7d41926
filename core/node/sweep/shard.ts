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

type Environment = Readonly<Record<string, string | undefined>>;

/** A shard, and the variables that say so. */
interface NamedShard {
  readonly service: string;
  readonly shard: Shard;
}

/**
 * Returns the shard that this process sweeps, by the environment variables of CI services and of arrays
 * of jobs. Without any, that is everything.
 *
 * @throws {ProblemError} when the variables contradict each other or one of them is missing.
 */
export function shardOf(environment: Environment): Shard {
  const given = environment['PHASMOSCOPE_SHARD'];
  if (given !== undefined && given !== '') return valueOf(parseShard(given));
  const named = [...servicesIn(environment), ...slurmArrayIn(environment)];
  const [first, ...others] = named.filter(({ shard }) => shard.total > 1);
  if (!first) return WHOLE;
  const other = others.find(
    ({ shard: { index, total } }) => index !== first.shard.index || total !== first.shard.total,
  );
  if (!other) return first.shard;
  throw new ProblemError({
    title: `The variables of ${first.service} name shard ${textOf(first)}, and those of ${other.service} ${textOf(other)}.`,
    remedy: 'Say which one is meant: --shard I/N, or PHASMOSCOPE_SHARD.',
  });
}

function textOf({ shard: { index, total } }: NamedShard): string {
  return `${index}/${total}`;
}

function* servicesIn(environment: Environment): Generator<NamedShard> {
  for (const { name, index, total, first } of SERVICES) {
    const [at = '', of = ''] = [environment[index], environment[total]];
    // For a job that is not divided, some services set a total of one and no index.
    if (at === '' && (of === '' || of === '1')) continue;
    requireBoth(name, { [index]: at, [total]: of });
    const shard = toShard(Number(at) - first + 1, Number(of));
    if (!shard) {
      throw new ProblemError({
        title: `The variables of ${name} do not name a shard: ${index} is "${at}", ${total} is "${of}".`,
        remedy: 'Correct the variables, or give --shard 1/1 to sweep everything here.',
      });
    }
    yield { service: name, shard };
  }
}

/** The tasks of an array of Slurm have the ids from one to another, in steps: `--array=10-40:10`. */
function* slurmArrayIn(environment: Environment): Generator<NamedShard> {
  const of = (name: string) => environment[`SLURM_ARRAY_TASK_${name}`] ?? '';
  if (of('ID') === '') return;
  const [id, min, max, count] = ['ID', 'MIN', 'MAX', 'COUNT'].map((name) =>
    Number(of(name) || NaN),
  );
  const step = Number(of('STEP') || 1);
  const [task = NaN, low = NaN, high = NaN, total = NaN] = [id, min, max, count];
  const shard = toShard((task - low) / step + 1, total);
  // An array such as 1,3,7 does not say which of its tasks this is.
  if (shard && (high - low) / step + 1 === total) return yield { service: 'Slurm', shard };
  throw new ProblemError({
    title: `The tasks of the array of Slurm do not follow each other in equal steps: task ${of('ID')} is one of ${of('COUNT') || 'an unknown number'}, from ${of('MIN')} to ${of('MAX')}.`,
    remedy: 'Submit a range, such as --array=0-15, or give --shard I/N.',
  });
}

/** Variables of jobs that are one of many, but which do not say of how many, or are not read. */
const ONE_OF_MANY: readonly {
  readonly name: string;
  readonly index: string;
  /** A variable that says of how many; one job is not many. */
  readonly total?: string;
  /** The index of a job that is not one of many. */
  readonly alone?: string;
}[] = [
  { name: 'GNU parallel', index: 'PARALLEL_SEQ' },
  { name: 'Slurm', index: 'SLURM_PROCID', total: 'SLURM_NTASKS' },
  { name: 'Grid Engine', index: 'SGE_TASK_ID', alone: 'undefined' },
  { name: 'PBS', index: 'PBS_ARRAY_INDEX' },
  { name: 'Torque', index: 'PBS_ARRAYID' },
  { name: 'LSF', index: 'LSB_JOBINDEX', alone: '0' },
  { name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX' },
  { name: 'Cloud Run', index: 'CLOUD_RUN_TASK_INDEX', total: 'CLOUD_RUN_TASK_COUNT' },
  { name: 'Bitbucket', index: 'BITBUCKET_PARALLEL_STEP', total: 'BITBUCKET_PARALLEL_STEP_COUNT' },
  { name: 'Semaphore', index: 'SEMAPHORE_JOB_INDEX', total: 'SEMAPHORE_JOB_COUNT' },
  {
    name: 'Azure Pipelines',
    index: 'SYSTEM_JOBPOSITIONINPHASE',
    total: 'SYSTEM_TOTALJOBSINPHASE',
  },
  { name: 'Open MPI', index: 'OMPI_COMM_WORLD_RANK', total: 'OMPI_COMM_WORLD_SIZE' },
];

/**
 * What makes it likely that a process that sweeps everything is one of many that do the same; `undefined`
 * if nothing does. An array of one task of Slurm may be the repetition of one of many.
 */
export function signOfMany(environment: Environment): string | undefined {
  if ((environment['PHASMOSCOPE_SHARD'] ?? '') !== '') return undefined;
  const task = environment['SLURM_ARRAY_TASK_ID'] ?? '';
  if (task !== '') {
    if (environment['SLURM_ARRAY_TASK_COUNT'] !== '1') return undefined;
    return `task ${task} is the only one of its array of Slurm`;
  }
  const found = ONE_OF_MANY.find(({ index, total, alone }) => {
    const at = environment[index] ?? '';
    return (
      at !== '' && at !== alone && (total === undefined || (environment[total] ?? '1') !== '1')
    );
  });
  return found && `${found.index} of ${found.name} is ${environment[found.index]}`;
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
