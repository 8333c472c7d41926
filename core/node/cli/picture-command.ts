import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Option } from 'commander';
import {
  FILM_STEPS_MAX,
  pictureOrderSchema,
  readPictureNews,
  UNSEEN_SWITCH,
  WINDOW_SIZES,
  type PictureOrder,
} from '../../contract/picture-order.ts';
import { nameOfView, VIEW_NAMES, type Spot, type ViewName } from '../../contract/place.ts';
import type { Launch } from '../../contract/window.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import { printLine } from '../report/print.ts';
import {
  type CommandModule,
  outputFile,
  stepNumber,
  TRACE_MACHINE,
  viewOption,
  whole,
} from './options.ts';
import { EXIT, OUTPUT, requireWritable, type ExitCode } from './output.ts';
import { takeProfile } from './picture-profile.ts';
import { ProgressLine } from './progress.ts';
import { requireStepOf, type TracePart } from './state-path.ts';
import { machineOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';
import { windowArguments } from './window-start.ts';

/** What is pictured, by the name of a view; the others need a second run, or show nothing of the run. */
const PICTURED = [
  'window',
  'timeline',
  ...VIEW_NAMES.filter((view) => !['source', 'difference', 'beside'].includes(view)),
] as const;
type Pictured = 'window' | 'timeline' | ViewName;

/** The options of `picture`. */
interface PictureOptions {
  readonly out: string;
  readonly view: Pictured;
  readonly step?: number;
  readonly to?: number;
  readonly pace: number;
  readonly theme: PictureOrder['theme'];
  readonly size: Pick<PictureOrder, 'widthPx' | 'heightPx'>;
  readonly machine?: string;
}

/** `phasmoscope picture`: a picture of what the window shows of a trace, without opening it. */
export const PICTURE: CommandModule = {
  examples: [
    [
      'Picture what led to a step',
      'picture unchecked.jsonl.gz --view causality --step 77 --out why.png',
    ],
    [
      'Picture some steps, one after the other',
      'picture unchecked.jsonl.gz --view state --step 60 --to 77 --out steps.gif',
    ],
  ],
  declare: (command) =>
    command
      .argument('<file>', 'a trace file')
      .requiredOption('--out <file>', 'the file to write: a PNG, or with --to a GIF', outputFile)
      .addOption(viewOption('what to show', PICTURED).default('window'))
      .option(
        '--step <n>',
        'the step (default: that of the finding, the one that a trace was shrunk to or the first)',
        stepNumber,
      )
      .option(
        '--to <n>',
        'picture all steps from --step to this one, as an animated GIF',
        stepNumber,
      )
      .option('--pace <n>', 'with --to: steps a second', whole('pace', 10), 2)
      .addOption(
        new Option('--theme <name>', 'the colours').choices(['light', 'dark']).default('light'),
      )
      .option('--size <width>x<height>', 'the size of the window, in pixels', parseSize, {
        widthPx: 1_440,
        heightPx: 900,
      })
      .option(...TRACE_MACHINE),
  run: pictureCommand,
};

async function pictureCommand(file: string, options: PictureOptions): Promise<ExitCode> {
  const { out, to, view } = options;
  const type = to === undefined ? '.png' : '.gif';
  if (!out.toLowerCase().endsWith(type)) {
    throw new ProblemError({
      title: `The picture is ${type === '.gif' ? 'an animated GIF' : 'a PNG'}, but ${out} does not end in ${type}.`,
      remedy: `Give a name that ends in ${type}${type === '.gif' ? '' : ', or the last step of a moving picture with --to'}.`,
    });
  }
  await requireWritable(out, OUTPUT.picture);
  const read = await readTraceFile(file, { isThorough: false });
  const launch = await launchOf(read, file, options).finally(read.close);
  const subject = nameOfView(view);
  await takePicture(
    launch,
    options.step === undefined ? subject : `${subject} at step ${options.step}`,
  );
  printLine(`Picture written to ${out}`);
  return read.damage ? EXIT.found : EXIT.done;
}

/** How many steps lead to the last one of a moving picture, if its first is not given. */
const STEPS_BEFORE = 20;

async function launchOf(
  read: TracePart,
  file: string,
  { out, view, step, to, pace, theme, size, machine }: PictureOptions,
): Promise<Launch> {
  const from = step ?? (to === undefined ? undefined : Math.max(0, to - STEPS_BEFORE));
  for (const at of [from, to]) if (at !== undefined) requireStepOf(read, at);
  const isPart = view === 'window' || view === 'timeline';
  const spot: Spot = {
    ...(from === undefined ? {} : { step: from }),
    ...(isPart ? {} : { view }),
  };
  const film = to === undefined ? undefined : filmOf(from ?? 0, to, pace);
  return {
    kind: 'trace',
    path: resolve(file),
    spot,
    // Only its code can draw its views.
    ...(view === 'drawing' ? { machine: await machineOf(read.trace.header, machine) } : {}),
    picture: {
      out: resolve(out),
      subject: isPart ? view : 'view',
      theme,
      ...size,
      ...(film && { film }),
    },
  };
}

function filmOf(from: number, to: number, stepsPerSecond: number): PictureOrder['film'] {
  const steps = to - from + 1;
  if (steps >= 1 && steps <= FILM_STEPS_MAX) return { from, to, stepsPerSecond };
  throw new ProblemError({
    title:
      steps < 1
        ? `Step ${formatCount(to)} does not come after step ${formatCount(from)}.`
        : `${formatPlural(steps, 'step')} are too many for a moving picture.`,
    remedy: `Give at most ${formatCount(FILM_STEPS_MAX)} steps, from --step to --to.`,
  });
}

/** A window that says nothing for so long will not say anything any more. */
const SILENT_MS_MAX = 120_000;

/**
 * Opens a window that nobody sees, which takes the picture and ends.
 *
 * @throws {ProblemError} when it does not.
 */
async function takePicture(launch: Launch, what: string): Promise<void> {
  // Another window may be open: neither its session nor its settings count.
  const profile = await takeProfile();
  const progress = new ProgressLine();
  progress.show(() => `picturing ${what}`);
  let isTaken = false;
  let problem: ProblemError | undefined;
  try {
    const child = spawn(
      process.execPath,
      [...windowArguments(launch), UNSEEN_SWITCH, `--user-data-dir=${profile.path}`],
      // The window ends when its standard input does, which it does however this process ends.
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const watch = setTimeout(() => child.kill(), SILENT_MS_MAX);
    for await (const line of createInterface(child.stdout)) {
      const news = readPictureNews(line);
      if (news) watch.refresh();
      if (news?.kind === 'taken') isTaken = true;
      if (news?.kind === 'problem') problem = new ProblemError(news.problem);
      if (news?.kind === 'progress') {
        const { done, of } = news;
        progress.show(
          () => `picturing ${formatCount(done)} of ${formatCount(of)} steps`,
          done / of,
        );
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    clearTimeout(watch);
  } finally {
    progress.clear();
    await profile.remove();
  }
  if (problem) throw problem;
  if (!isTaken) throw notTaken();
}

/** Whatever was to open the window has said on standard error why it did not. */
function notTaken(): ProblemError {
  return new ProblemError({
    title: 'No picture was taken: the window that takes it did not open, or ended too early.',
    remedy:
      'It needs Electron (npm install -D electron), and on Linux without a display Xvfb (apt-get install xvfb).',
  });
}

function parseSize(text: string): PictureOptions['size'] {
  const [, width, height] = /^(\d+)[x×](\d+)$/.exec(text) ?? [];
  const size = pictureOrderSchema
    .pick({ widthPx: true, heightPx: true })
    .safeParse({ widthPx: Number(width), heightPx: Number(height) });
  if (size.success) return size.data;
  const { widthPx, heightPx } = WINDOW_SIZES;
  throw new ProblemError({
    title: `"${cutText(text, 40)}" is not a size of the window.`,
    remedy:
      `Give its width and height, such as 1440x900, from ${widthPx.min}x${heightPx.min} ` +
      `to ${widthPx.max}x${heightPx.max}.`,
  });
}
