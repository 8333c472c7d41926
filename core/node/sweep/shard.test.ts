import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../problem.ts';
import { readShard } from './shard.ts';

it.each([
  ['Kubernetes', { JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '16' }],
  ['GitLab', { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '16' }],
  ['CircleCI', { CIRCLE_NODE_INDEX: '2', CIRCLE_NODE_TOTAL: '16' }],
  ['Buildkite', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '16' }],
  ['anybody', { PHASMOSCOPE_SHARD: '3/16' }],
])('takes the third of sixteen from %s', (_, environment) => {
  expect(readShard(undefined, environment)).toEqual({ index: 3, total: 16 });
});

it('is everything where nobody says, or a job is the only one', () => {
  const whole = { index: 1, total: 1 };
  expect(readShard(undefined, {})).toEqual(whole);
  expect(readShard(undefined, { PHASMOSCOPE_SHARD: '' })).toEqual(whole);
  expect(readShard(undefined, { CI_NODE_TOTAL: '1' })).toEqual(whole);
});

it('goes by what is asked for first', () => {
  const environment = { PHASMOSCOPE_SHARD: '3/16', CI_NODE_INDEX: '2', CI_NODE_TOTAL: '4' };
  expect(readShard('1/2', environment)).toEqual({ index: 1, total: 2 });
  expect(readShard(undefined, environment)).toEqual({ index: 3, total: 16 });
});

describe('nonsense', () => {
  it.each(['0/3', '4/3', '3', '1/0', 'a/b', '-1/2', '1.5/2', '1/2/3'])('%s is refused', (text) => {
    expect(() => readShard(text, {})).toThrow(ProblemError);
    expect(() => readShard(undefined, { PHASMOSCOPE_SHARD: text })).toThrow(
      `"${text}" is no shard`,
    );
  });

  it('of a service is told with its variables', () => {
    const environment = { CI_NODE_INDEX: '5', CI_NODE_TOTAL: '4' };
    expect(() => readShard(undefined, environment)).toThrow(
      'GitLab gives no shard: CI_NODE_INDEX is "5", CI_NODE_TOTAL is "4".',
    );
  });

  it.each([
    ['JOB_COMPLETION_INDEX', '2', 'JOB_COMPLETIONS'],
    ['JOB_COMPLETIONS', '16', 'JOB_COMPLETION_INDEX'],
    ['CI_NODE_INDEX', '2', 'CI_NODE_TOTAL'],
    ['CI_NODE_TOTAL', '4', 'CI_NODE_INDEX'],
    ['BUILDKITE_PARALLEL_JOB', '0', 'BUILDKITE_PARALLEL_JOB_COUNT'],
  ])('is %s alone', (given, value, missing) => {
    const shard = () => readShard(undefined, { [given]: value, [missing]: '' });
    expect(shard).toThrow(`${given} is "${value}", ${missing} is not set.`);
    expect(shard).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          remedy: expect.stringContaining(`Set ${missing}`) as string,
        }) as object,
      }) as Error,
    );
    expect(readShard('1/1', { [given]: value })).toEqual({ index: 1, total: 1 });
  });
});
