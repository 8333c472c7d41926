import { expect, it } from 'vitest';
import { inToolWords } from './tool-words.ts';
import { TOOLS } from './tools.ts';

/** A remedy of a command, as the caller of a tool reads it. */
function remedyFor(name: string, remedy: string): string | undefined {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  return inToolWords({ title: 'It failed.', remedy }, tool, TOOLS).remedy;
}

it.each([
  ['verify', 'Give it with the option --machine PATH.', 'Give it with the option "machine".'],
  ['sweep', 'Give --from A with --count N.', 'Give "from" with "count".'],
  ['sweep', 'Give --time-budget 60s.', 'Give "seconds" 60s.'],
  ['shrink', 'Leave --keep-inputs out.', 'Leave "keepInputs" out.'],
  [
    'fork',
    'Give a step with --at, for example --at 12.',
    'Give a step with "at", for example "at" 12.',
  ],
  ['fork', 'Give it with --new-draws SEED.', 'Give it with "newDraws".'],
  ['why', '`phasmoscope export-test` writes it.', '`export_test` writes it.'],
  ['fork', "Give one: --deliver '7=RESULT'.", 'Give one: "deliver" as {"id":7,"result":RESULT}.'],
  ['steps', 'Give it: npx phasmoscope run MACHINE --inputs FILE.', 'Give it: `run` with "inputs".'],
])('%s gets a remedy that it can follow: %s', (name, remedy, said) =>
  expect(remedyFor(name, remedy)).toBe(said),
);

it.each([
  ['what no tool has', 'Give files that `phasmoscope merge` reads.'],
  ['an option that is none of its inputs', 'Give --junit FILE.'],
  ['a name of JavaScript', 'Give --to-string X.'],
  ['a dash in a sentence', 'It is 5 -- 7, or a--b.'],
])('leaves %s as it is', (_, remedy) => expect(remedyFor('sweep', remedy)).toBe(remedy));
