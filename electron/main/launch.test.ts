import { expect, it } from 'vitest';
import { readLaunch } from './launch.ts';

const launchOf = (json: string) => readLaunch([`--phasmoscope-launch=${json}`], '/app');

it('reads what the window should open', () => {
  expect(launchOf('{"kind": "trace", "path": "/a"}')).toEqual({ kind: 'trace', path: '/a' });
  expect(readLaunch(['/app', '--flag', '/a.jsonl'], '/app')).toEqual({
    kind: 'trace',
    path: '/a.jsonl',
  });
  expect(readLaunch(['file:///a%20b.jsonl'], '/app')).toEqual({
    kind: 'trace',
    path: '/a b.jsonl',
  });
  expect(readLaunch([], '/app')).toEqual({ kind: 'lastSession' });
});

it.each(['{', '', '{"kind": "machine"}', 'null', '{"kind": "trace", "path": 1}'])(
  'says that %j is not a launch',
  (json) => {
    expect(() => launchOf(json)).toThrow('which it does not understand');
  },
);
