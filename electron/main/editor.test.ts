import { expect, it } from 'vitest';
import { editorCommand, startProgram } from './editor.ts';

const PLACE = { file: '/my code/machine.ts', line: 12, column: 5 };

it.each([
  ['', {}, ['code', '--goto', '/my code/machine.ts:12:5']],
  ['', { EDITOR: 'subl -w' }, ['subl', '-w', '/my code/machine.ts:12:5']],
  ['', { VISUAL: 'gvim', EDITOR: 'nano' }, ['gvim', '+12', '/my code/machine.ts']],
  ['codium -n', { EDITOR: 'nano' }, ['codium', '-n', '--goto', '/my code/machine.ts:12:5']],
  ['"/opt/my editor/zed"', {}, ['/opt/my editor/zed', '/my code/machine.ts:12:5']],
  ['webstorm', {}, ['webstorm', '--line', '12', '/my code/machine.ts']],
  ['ed2 {file} -l {line} -c {column}', {}, ['ed2', '/my code/machine.ts', '-l', '12', '-c', '5']],
  ['unknown', {}, ['unknown', '/my code/machine.ts']],
])('the editor "%s" is started with the place', (setting, environment, command) => {
  expect(editorCommand(setting, PLACE, environment)).toEqual(command);
});

it('an editor that needs a terminal is refused', () => {
  expect(() => editorCommand('', PLACE, { EDITOR: '/usr/bin/vim' })).toThrow(
    'vim needs a terminal',
  );
});

it('a program that does not exist is named', async () => {
  await expect(startProgram(['no-such-editor-of-mine'])).rejects.toThrow(
    'The editor no-such-editor-of-mine could not be started',
  );
});
