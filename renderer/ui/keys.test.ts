import { describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../words/commands.ts';
import { isPressOf, parseKeys, type Press } from './keys.ts';

vi.stubGlobal('navigator', { platform: 'Linux' });

const bindings = Object.entries(COMMANDS).flatMap(([id, { keys }]) =>
  keys.map((text) => ({ id, binding: parseKeys(text) })),
);
const bound = new Set(bindings.map(({ binding }) => binding.key.toLowerCase()));

/** The commands of a press. */
function commandsOf(key: string, code: string, mods = ''): readonly string[] {
  const press: Press = {
    key,
    code,
    shiftKey: mods.includes('S'),
    ctrlKey: mods.includes('C'),
    altKey: mods.includes('A'),
    metaKey: false,
  };
  const isBound = (one: string) => bound.has(one.toLowerCase());
  const found = bindings.filter(({ binding }) => isPressOf(press, binding, isBound));
  return [...new Set(found.map(({ id }) => id))];
}

describe('keys', () => {
  it.each([
    ['a US layout', 'f', 'KeyF', '', 'nextFinding'],
    ['a US layout', 'F', 'KeyF', 'S', 'previousFinding'],
    ['a US layout', 'k', 'KeyK', 'C', 'palette'],
    ['a US layout', 'O', 'KeyO', 'CS', 'openMachine'],
    ['a US layout', ' ', 'Space', '', 'play'],
    ['a US layout', '?', 'Slash', 'S', 'help'],
    ['a US layout', '+', 'Equal', 'S', 'zoomIn'],
    ['a US layout', 'ArrowRight', 'ArrowRight', 'S', 'tenForward'],
    ['caps lock', 'F', 'KeyF', '', 'nextFinding'],
    ['AZERTY', '&', 'Digit1', '', 'showState', 'showSweepFindings'],
    ['AZERTY', '1', 'Digit1', 'S', 'showState', 'showSweepFindings'],
    ['AZERTY', 'é', 'Digit2', '', 'showCausality'],
    ['AZERTY', '"', 'Digit3', '', 'showDifference'],
    ['AZERTY', 'à', 'Digit0', '', 'zoomFit'],
    ['AZERTY', '-', 'Digit6', '', 'zoomOut'],
    ['AZERTY', '.', 'Comma', 'S', 'faster'],
    ['QWERTZ', '+', 'BracketRight', '', 'zoomIn'],
    ['QWERTZ', '=', 'Digit0', 'S', 'zoomIn'],
    ['Cyrillic', 'а', 'KeyF', '', 'nextFinding'],
    ['Cyrillic', 'А', 'KeyF', 'S', 'previousFinding'],
    ['Cyrillic', 'л', 'KeyK', 'C', 'palette'],
    ['Cyrillic', 'Щ', 'KeyO', 'CS', 'openMachine'],
    ['Cyrillic', 'ю', 'Period', '', 'faster'],
    ['Greek', 'φ', 'KeyF', '', 'nextFinding'],
    ['Arabic', '١', 'Digit1', '', 'showState', 'showSweepFindings'],
    ['Dvorak', 'f', 'KeyY', '', 'nextFinding'],
  ])('of %s: %s (%s %s)', (_, key, code, mods, ...commands) => {
    expect(commandsOf(key, code, mods)).toEqual(commands);
  });

  it.each([
    ['the layout has the letter elsewhere', "'", 'KeyQ', ''],
    ['Shift with a digit of a US layout', '!', 'Digit1', 'S'],
    ['a modifier too many', 'f', 'KeyF', 'A'],
    ['a modifier alone', 'Control', 'ControlLeft', 'C'],
    ['a dead key', 'Dead', 'BracketLeft', ''],
  ])('do nothing for %s', (_, key, code, mods) => {
    expect(commandsOf(key, code, mods)).toEqual([]);
  });
});
