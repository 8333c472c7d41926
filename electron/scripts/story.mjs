/**
 * @file `npm run story [-- --check]`: makes the sample story anew, a shrunk run of a sample with notes that
 * tell it. With `--check` it only compares, and fails when the story is not what its sample makes of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, ROOT } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';

const FOLDER = join(ROOT, 'samples/story');
const STORY = join(FOLDER, 'two-patients.jsonl');
const NOTES = join(FOLDER, 'two-patients.notes.json');

const SEED = ['--seed', '378', '--operations', '1000', '--faults', 'crashes'];
/** What the notes say of the run, which must stay true. */
const TOLD = [
  'Fails because the result Success of tracked action 3 comes late',
  'Without the delay it passes',
];
/** What is gone when the machine looks again. */
const OVERLAP = 'no two bookings overlap';
/** The seeds that pass with the hardened machine, as the last note says. */
const MENDED = ['--count', '200', '--operations', '1000', '--faults', 'crashes'];

/**
 * Runs a command of Phasmoscope.
 * @param {readonly string[]} args
 * @param {readonly number[]} allowed the exit codes that are no failure
 */
async function phasmoscope(args, allowed) {
  const script = join(ROOT, 'electron/scripts/phasmoscope.mjs');
  const { exitCode, output } = await run(process.execPath, [script, ...args], {
    output: 'capture',
  });
  if (!allowed.includes(exitCode)) throw new TaskError(`phasmoscope ${args.join(' ')}\n${output}`);
  return output;
}

/** Makes the lines of the story. */
async function makeStory() {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-story-'));
  try {
    const out = join(folder, 'story.jsonl');
    const shrink = ['shrink', 'dentist-booking-unchecked', ...SEED, '--keep-inputs', '--out', out];
    const said = (await phasmoscope(shrink, [0, 1])).replaceAll(/\s+/g, ' ');
    const untrue = TOLD.find((text) => !said.includes(text));
    if (untrue !== undefined) throw new TaskError(`The run is no longer so that "${untrue}".`);
    // The dentist that looks again still fails for other causes; the hardened one passes.
    const again = await phasmoscope(['run', 'dentist-booking', ...SEED], [1]);
    if (again.includes(OVERLAP)) throw new TaskError(`The slots overlap still:\n${again}`);
    await phasmoscope(['run', 'dentist-booking-hardened', ...SEED], [0]);
    await phasmoscope(['sweep', 'dentist-booking-hardened', ...MENDED], [0]);

    await phasmoscope(['notes', out, '--from', NOTES], [0]);
    return readFileSync(out, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The story without what depends on the computer that made it, and on the wording of the source: the steps
 * are what counts.
 * @param {string} text
 */
function comparable(text) {
  return text
    .replace(/"runtime":\{[^}]*\},?/, '')
    .replace(/"sourceHash":"\w+",?/, '')
    .replace(/"digest":"\w+"\}\s*$/, '');
}

if (isMain(import.meta.url)) {
  await runTask(async () => {
    const story = await makeStory();
    if (!process.argv.includes('--check')) {
      writeFileSync(STORY, story);
      say(`Wrote ${STORY}`);
      return 0;
    }
    if (comparable(story) === comparable(readFileSync(STORY, 'utf8'))) return 0;
    throw new TaskError('The sample story is out of date: make it anew with `npm run story`.');
  });
}
