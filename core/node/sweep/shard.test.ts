import { describe, expect, it } from 'vitest';
import { shardOf, signOfMany } from './shard.ts';

function slurm(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`SLURM_ARRAY_TASK_${name}`, value]),
  );
}

it.each([
  ['Kubernetes', { JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '16' }],
  ['GitLab', { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '16' }],
  ['CircleCI', { CIRCLE_NODE_INDEX: '2', CIRCLE_NODE_TOTAL: '16' }],
  ['Buildkite', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '16' }],
  ['Slurm', slurm({ ID: '30', MIN: '10', MAX: '160', STEP: '10', COUNT: '16' })],
  ['anybody', { PHASMOSCOPE_SHARD: '3/16' }],
])('takes the third of sixteen from %s', (_, environment) => {
  expect(shardOf(environment)).toEqual({ index: 3, total: 16 });
});

it('is everything without variables, or if the job is the only one', () => {
  const whole = { index: 1, total: 1 };
  expect(shardOf({})).toEqual(whole);
  expect(shardOf({ PHASMOSCOPE_SHARD: '' })).toEqual(whole);
  expect(shardOf({ CI_NODE_TOTAL: '1' })).toEqual(whole);
});

it('prefers our own variable to those of a service', () => {
  const environment = { PHASMOSCOPE_SHARD: '3/16', CI_NODE_INDEX: '2', CI_NODE_TOTAL: '4' };
  expect(shardOf(environment)).toEqual({ index: 3, total: 16 });
});

describe('an invalid shard', () => {
  it('in our own variable is refused', () => {
    expect(() => shardOf({ PHASMOSCOPE_SHARD: '4/3' })).toThrow('"4/3" is not a shard');
  });

  it('of a service is reported with its variables', () => {
    const environment = { CI_NODE_INDEX: '5', CI_NODE_TOTAL: '4' };
    expect(() => shardOf(environment)).toThrow(
      'The variables of GitLab do not name a shard: CI_NODE_INDEX is "5", CI_NODE_TOTAL is "4".',
    );
  });

  it.each([
    ['JOB_COMPLETION_INDEX', '2', 'JOB_COMPLETIONS'],
    ['JOB_COMPLETIONS', '16', 'JOB_COMPLETION_INDEX'],
    ['CI_NODE_INDEX', '2', 'CI_NODE_TOTAL'],
    ['CI_NODE_TOTAL', '4', 'CI_NODE_INDEX'],
    ['BUILDKITE_PARALLEL_JOB', '0', 'BUILDKITE_PARALLEL_JOB_COUNT'],
  ])('is %s alone', (given, value, missing) => {
    const shard = () => shardOf({ [given]: value, [missing]: '' });
    expect(shard).toThrow(`${given} is "${value}", ${missing} is not set.`);
    expect(shard).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          remedy: expect.stringContaining(`Set ${missing}`) as string,
        }) as object,
      }) as Error,
    );
  });
});

describe('several that name a shard', () => {
  const gitlab = { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '4' };

  it('are refused when they name two', () => {
    const array = slurm({ ID: '0', MIN: '0', MAX: '7', STEP: '1', COUNT: '8' });
    expect(() => shardOf({ ...gitlab, ...array })).toThrow(
      'The variables of GitLab name shard 3/4, and those of Slurm 1/8.',
    );
    expect(shardOf({ ...gitlab, ...array, PHASMOSCOPE_SHARD: '2/2' }).total).toBe(2);
  });

  it('are one when they name the same', () => {
    const array = slurm({ ID: '2', MIN: '0', MAX: '3', STEP: '1', COUNT: '4' });
    expect(shardOf({ ...gitlab, ...array })).toEqual({ index: 3, total: 4 });
  });
});

it('refuses an array of Slurm whose tasks have gaps', () => {
  const gaps = slurm({ ID: '3', MIN: '1', MAX: '7', STEP: '1', COUNT: '3' });
  expect(() => shardOf(gaps)).toThrow('task 3 is one of 3, from 1 to 7');
  expect(() => shardOf(slurm({ ID: '3' }))).toThrow('do not follow each other');
});

describe('a process that is one of many without a shard', () => {
  it.each([
    [{ PARALLEL_SEQ: '3' }, 'PARALLEL_SEQ of GNU parallel is 3'],
    [{ SLURM_PROCID: '1', SLURM_NTASKS: '8' }, 'SLURM_PROCID of Slurm is 1'],
    [{ AWS_BATCH_JOB_ARRAY_INDEX: '0' }, 'AWS_BATCH_JOB_ARRAY_INDEX of AWS Batch is 0'],
    [slurm({ ID: '7', MIN: '7', MAX: '7', COUNT: '1' }), 'task 7 is the only one of its array'],
  ])('is known by %j', (environment, sign) => {
    expect(shardOf(environment)).toEqual({ index: 1, total: 1 });
    expect(signOfMany(environment)).toContain(sign);
  });

  it.each([
    {},
    { PARALLEL_SEQ: '3', PHASMOSCOPE_SHARD: '3/16' },
    { SLURM_PROCID: '0', SLURM_NTASKS: '1' },
    { SGE_TASK_ID: 'undefined' },
    { LSB_JOBINDEX: '0' },
    slurm({ ID: '7', MIN: '0', MAX: '7', COUNT: '8' }),
  ])('is not taken for one by %j', (environment) => {
    expect(signOfMany(environment)).toBeUndefined();
  });
});
