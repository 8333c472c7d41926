import { expect, it } from 'vitest';
import { pageDrawings } from './page-about.ts';
import { pageDrawnSchema, type PageDrawn } from './page.ts';

it('keeps for each state what a view shows of it, or why it shows nothing', async () => {
  const trace = { changedSteps: [0, 1], notes: [] };
  const shown: PageDrawn[] = [
    { kind: 'drawn', drawing: { kind: 'cards', cards: [] } },
    { kind: 'undrawn', problem: { title: 'The view threw.', remedy: 'Correct the view.' } },
  ];
  const [board] = await pageDrawings(trace, { stepIndex: 1 }, ['board'], async (_, __, onDrawn) => {
    for (const [stepIndex, one] of shown.entries()) onDrawn({ stepIndex, ...one });
  });
  const read = board?.drawn.map(([, text]) => pageDrawnSchema.parse(JSON.parse(text)));
  expect([board?.view, read]).toEqual(['board', shown]);
});
