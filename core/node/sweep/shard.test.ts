import { describe, expect, it } from 'vitest';
import { shardOf } from './shard.ts';

it.each([
  ['Kubernetes', { JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '16' }],
  ['GitLab', { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '16' }],
  ['CircleCI', { CIRCLE_NODE_INDEX: '2', CIRCLE_NODE_TOTAL: '16' }],
  ['Buildkite', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '16' }],
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
