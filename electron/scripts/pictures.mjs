/** @file `npm run pictures`: takes the pictures of the pages anew, from the real window. */
import { build } from './build.mjs';
import { runEndToEnd } from './e2e.mjs';
import { runTask } from './run.mjs';
import { setUp } from './setup.mjs';

await runTask(async () => {
  const electron = await setUp();
  await build('window');
  return runEndToEnd(electron, [], { PHASMOSCOPE_PICTURES: 'take' });
});
