/**
 * @file `npm run story [-- --check]`: makes the sample story anew: a shrunk run of a sample, and the same steps on
 * mended machines, with notes that tell them. With `--check` it only compares, and fails when the story is not
 * what its samples make of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isMain, ROOT } from './paths.mjs';
import { TaskError, run, runTask, say } from './run.mjs';

const FOLDER = join(ROOT, 'samples/story');
/** The traces, each beside a file with its notes. */
const FAILING = join(FOLDER, 'two-patients.jsonl');
/** The same steps on the machines that are mended, by their samples. */
const MENDED = {
  'dentist-booking': join(FOLDER, 'two-patients-checked.jsonl'),
  'dentist-booking-hardened': join(FOLDER, 'two-patients-hardened.jsonl'),
};

const NUMBER = ['--seed', '378'];
const SEED = [...NUMBER, '--operations', '1000', '--faults', 'crashes'];
/** What the notes say of the run, which must stay true. */
const TOLD = [
  'Fails because the result Success of tracked action 3 comes late',
  'Without the delay it passes',
];
/** What is gone when the machine looks again. */
const OVERLAP = 'no two bookings overlap';
/** The seeds that pass with the hardened machine, as the last note says. */
const OTHERS = ['--count', '200', '--operations', '1000', '--faults', 'crashes'];

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

/**
 * Makes the traces of the story.
 * @returns {Promise<ReadonlyMap<string, string>>} their texts by their paths
 */
async function makeStory() {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-story-'));
  try {
    const out = join(folder, basename(FAILING));
    const shrink = ['shrink', 'dentist-booking-unchecked', ...SEED, '--keep-inputs', '--out', out];
    const said = (await phasmoscope(shrink, [0, 1])).replaceAll(/\s+/g, ' ');
    const untrue = TOLD.find((text) => !said.includes(text));
    if (untrue !== undefined) throw new TaskError(`The run is no longer so that "${untrue}".`);
    // The dentist that looks again still fails for other causes; the hardened one passes.
    const again = await phasmoscope(['run', 'dentist-booking', ...SEED], [1]);
    if (again.includes(OVERLAP)) throw new TaskError(`The slots overlap still:\n${again}`);
    await phasmoscope(['run', 'dentist-booking-hardened', ...SEED], [0]);
    await phasmoscope(['sweep', 'dentist-booking-hardened', ...OTHERS], [0]);

    const inputs = join(folder, 'eight-steps.json');
    await phasmoscope(['inputs', out, '--out', inputs], [0]);
    for (const [sample, path] of Object.entries(MENDED)) {
      const copy = join(folder, basename(path));
      await phasmoscope(['record', sample, '--inputs', inputs, ...NUMBER, '--out', copy], [0]);
    }
    const made = [FAILING, ...Object.values(MENDED)].map(async (path) => {
      const copy = join(folder, basename(path));
      await phasmoscope(['notes', copy, '--from', path.replace(/jsonl$/, 'notes.json')], [0]);
      return /** @type {const} */ ([path, readFileSync(copy, 'utf8')]);
    });
    return new Map(await Promise.all(made));
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
    const isChecking = process.argv.includes('--check');
    for (const [path, story] of await makeStory()) {
      if (!isChecking) {
        writeFileSync(path, story);
        say(`Wrote ${path}`);
      } else if (comparable(story) !== comparable(readFileSync(path, 'utf8'))) {
        throw new TaskError('The sample story is out of date: make it anew with `npm run story`.');
      }
    }
    return 0;
  });
}
