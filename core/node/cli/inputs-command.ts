import { toInput, type LostInInputs } from '../../machine/inputs-scenario.ts';
import { formatCount, formatPlural, byCount } from '../../text/quantities.ts';
import type { Trace } from '../../trace/trace.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { readCatalog } from '../load/samples.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { shellCommand } from '../report/reproduce.ts';
import { JSON_FLAG, outputFile, TRACE, type CommandModule } from './options.ts';
import { EXIT, OUTPUT, requireDistinct, requireWritable, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `inputs`. */
interface InputsOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `phasmoscope inputs`: writes what a machine was given in a run, as `--inputs` takes it. */
export const INPUTS_OF: CommandModule = {
  examples: [
    ['Write the inputs of a run, to edit them', 'inputs unchecked.jsonl.gz --out inputs.json'],
    ['Run them again', 'run dentist-booking-unchecked --inputs inputs.json'],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .requiredOption('--out <file>', 'the JSON file to write', outputFile)
      .option(...JSON_FLAG),
  run: inputsOf,
};

/** What a file of inputs cannot say: its names for one and for more, and what becomes of it. */
const LOST: Readonly<Record<LostInInputs, readonly [one: string, more: string, how: string]>> = {
  crash: ['crash', 'crashes', 'left out'],
  restore: ['restore', 'restores', 'left out'],
  loss: ['lost result', 'lost results', 'left out'],
  settled: ['check at the end of the run', 'checks at the end of the run', 'left out'],
  fault: ['fault in a step', 'faults in steps', 'left out, but not the step'],
  duplicate: ['second delivery', 'second deliveries', 'written as a delivery like any other'],
};

/** The steps that are named of each kind. */
const STEPS_NAMED_MAX = 6;

async function inputsOf(file: string, options: InputsOptions): Promise<ExitCode> {
  const { out, json = false } = options;
  requireDistinct({ 'the trace': file, '--out': out });
  await requireWritable(out, OUTPUT.inputs);
  const { trace, damage, close } = await readTraceFile(file);
  const written = new Written();
  const progress = new ProgressLine();
  await writeWholeFile(out, written.write(trace, progress)).finally(() => progress.clear());
  close();
  const { count, lost } = written;
  if (json) {
    const left = Object.fromEntries(lost);
    printJson({ file, out, inputs: count, lost: left, ...(damage ? { damage } : {}) });
  } else {
    printLine(`${formatPlural(count, 'input')} written to ${out}`);
    for (const [kind, steps] of lost) {
      const [one, more, how] = LOST[kind];
      const what = style.yellow(formatPlural(steps.length, one, more));
      printLine('  ', what, ` ${how} `, style.dim(named(steps)));
    }
    printLine(style.dim(shellCommand(['run', machineIn(trace), '--inputs', out])));
  }
  return damage || lost.size > 0 ? EXIT.found : EXIT.done;
}

/** The inputs of a trace as they are written, and what they do not say. */
class Written {
  count = 0;
  /** The steps by what is not said of them. */
  readonly lost = new Map<LostInInputs, number[]>();

  *write(trace: Trace, progress: ProgressLine): Generator<string> {
    let separator = '[\n';
    for (let at = 0; at < trace.length; at += 1) {
      progress.show(
        () => `${formatCount(at)} of ${formatCount(trace.length)} steps`,
        at / trace.length,
      );
      const { element, lost } = toInput(trace.step(at).operation);
      if (lost !== undefined) this.#note(lost, at);
      if (!element) continue;
      this.count += 1;
      yield separator + JSON.stringify(element.json);
      separator = ',\n';
    }
    yield this.count === 0 ? '[]\n' : '\n]\n';
  }

  #note(lost: LostInInputs, at: number): void {
    const steps = this.lost.get(lost);
    if (steps) steps.push(at);
    else this.lost.set(lost, [at]);
  }
}

function named(steps: readonly number[]): string {
  const shown = steps.slice(0, STEPS_NAMED_MAX).map(formatCount);
  const more = steps.length - shown.length;
  return `(${byCount(steps.length, 'step', 'steps')} ${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''})`;
}

/** The machine of a trace as an argument: a sample has its name, others a path that a trace does not know. */
function machineIn({ header: { machine } }: Trace): string {
  return readCatalog().samples.some(({ name }) => name === machine) ? machine : 'MACHINE';
}
