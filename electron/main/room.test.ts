import { beforeEach, expect, it } from 'vitest';
import type { ApiEvent } from '../../core/contract/window.ts';
import { Room } from './room.ts';
import type { StoredTrace } from './session-folder.ts';

let traces: StoredTrace[];
let events: ApiEvent[];
let room: Room;

beforeEach(() => {
  [traces, events] = [[], []];
  room = new Room({
    traces: () => traces,
    isHeld: (traceId) => traceId === 'held',
    bytesMax: () => 100,
    emit: (event) => events.push(event),
  });
});

const add = (traceId: string, bytes: number) => traces.push({ traceId, bytes, changedMs: 0 });

it('says nothing while there is room', () => {
  add('a', 60);
  add('b', 40);
  room.look();
  expect(events).toEqual([]);
  expect(room.measure()).toBe(100);
});

it('names what could go, the oldest first, before anything goes', () => {
  add('old', 40);
  add('held', 50);
  add('new', 60);
  room.look();
  expect(events).toEqual([
    {
      kind: 'sessionFull',
      bytes: 150,
      bytesMax: 100,
      traces: [
        { traceId: 'old', bytes: 40 },
        { traceId: 'new', bytes: 60 },
      ],
    },
  ]);
});

it('says it again only when there is more, or when there was room in between', () => {
  add('a', 150);
  room.look();
  room.look();
  expect(events).toHaveLength(1);
  add('b', 20);
  room.look();
  expect(events).toHaveLength(2);
  traces = [];
  room.look();
  add('c', 101);
  room.look();
  expect(events).toHaveLength(3);
});

it('does not look each time that a run writes', () => {
  room.lookSometimes();
  add('a', 150);
  room.lookSometimes();
  expect(events).toEqual([]);
});
