import { expect, it } from 'vitest';
import { capturedConsole } from './captured-console.ts';

function printed(print: (console: Console) => void): unknown {
  const texts: [level: string, text: string][] = [];
  print(capturedConsole((level, text) => texts.push([level, text])));
  return texts;
}

it('writes what each method prints with its level', () => {
  expect(
    printed((own) => {
      own.log('adding %d of', 3, { seats: new Map([['A1', 1n]]) });
      own.debug('d');
      own.info('i');
      own.warn('w');
      own.error(new Error('e').message);
      own.assert(false, 'one is %s', 'two');
      own.log('l');
    }),
  ).toEqual([
    ['log', "adding 3 of { seats: Map(1) { 'A1' => 1n } }"],
    ['debug', 'd'],
    ['info', 'i'],
    ['warn', 'w'],
    ['error', 'e'],
    ['error', 'Assertion failed: one is two'],
    ['log', 'l'],
  ]);
});

it('groups, counts and tabulates as Node does', () => {
  expect(
    printed((own) => {
      own.group('outer');
      own.log('a\nb');
      own.groupEnd();
      own.count('c');
      own.count('c');
      own.table([[1]]);
    }),
  ).toEqual([
    ['log', 'outer'],
    ['log', '  a\n  b'],
    ['log', 'c: 1'],
    ['log', 'c: 2'],
    ['log', expect.stringContaining('│') as string],
  ]);
});
