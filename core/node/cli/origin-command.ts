import { formatCount } from '../../text/quantities.ts';
import { traceOrigin, type OriginHop } from '../../trace/causality/origins.ts';
import { describePlace, describeSource } from '../../trace/words/origin-words.ts';
import { encodeValue } from '../../value/encoding.ts';
import { formatPath } from '../../value/path.ts';
import { quoteValue } from '../../value/value.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { type CommandModule, JSON_FLAG, stepNumber, TRACE } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { requireStepOf, statePathOf } from './state-path.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `origin`. */
export interface OriginOptions {
  /** The step after which the value is looked at; by default the last one. */
  readonly step?: number;
  readonly json?: boolean;
}

/** `phasmoscope origin`: where the value at a path of the state came from, step by step. */
export const ORIGIN: CommandModule = {
  examples: [['From which input did this come?', "origin unchecked.jsonl.gz 'pending[5].userId'"]],
  declare: (command) =>
    command
      .argument(...TRACE)
      .argument('<path>', 'where it is in the state, such as \'bookings["Monday 09:15"].userId\'')
      .option(
        '--step <number>',
        'the step after which it is there (default: the last one)',
        stepNumber,
      )
      .option(...JSON_FLAG),
  run: originCommand,
};

async function originCommand(
  file: string,
  text: string,
  { step, json = false }: OriginOptions,
): Promise<ExitCode> {
  const read = await readTraceFile(file);
  const { trace, damage } = read;
  const at = requireStepOf(read, step ?? trace.length - 1);
  const path = statePathOf(trace, text, at);
  const hops = [...traceOrigin(trace, path, at)].filter((hop) => hop !== undefined);
  if (json) {
    const found = { path: text, step: at, hops: hops.map(jsonOf) };
    printJson({ file, ...found, ...(damage ? { damage } : {}) });
  } else print(hops);
  return damage ? EXIT.found : EXIT.done;
}

function jsonOf(hop: OriginHop): unknown {
  const { stepIndex, value, source, isGuess } = hop;
  return {
    step: stepIndex,
    place: describePlace(hop),
    value: encodeValue(value),
    source: source.kind,
    text: describeSource(source),
    isGuess,
  };
}

function print(hops: readonly OriginHop[]): void {
  const width = Math.max(5, ...hops.map(({ stepIndex }) => formatCount(stepIndex).length));
  for (const hop of hops) {
    const { stepIndex, value, source, isGuess, parts } = hop;
    const step = stepIndex < 0 ? 'start' : formatCount(stepIndex);
    printLine(
      `${step.padStart(width)}  `,
      style.bold(describePlace(hop)),
      ` = ${quoteValue(value)}, ${describeSource(source)}`,
      isGuess ? style.yellow(' (a guess)') : '',
    );
    for (const part of parts) {
      const text = `${formatPath(part.path)}: ${describeSource(part.source)}`;
      printLine(style.dim(`${' '.repeat(width)}    ${text}`));
    }
  }
}
