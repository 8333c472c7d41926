import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ProblemError, problemSchema } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { confinedTo } from '../files/reach.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

/** A command of the command line, without the name of the program. */
export interface Command {
  readonly name: string;
  /** By their names without dashes; those that are undefined or false are left out. */
  readonly options?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** What is given besides options, such as files. */
  readonly operands?: readonly string[];
}

/** How a command is run. */
export interface CommandSettings {
  /** Absolute, without links: what the command may reach. The first one is its working directory. */
  readonly folders: readonly [string, ...string[]];
  /** Stops the command. */
  readonly signal: AbortSignal;
  /** Is given what a person would see in the last line of the terminal. */
  readonly onProgress: (text: string) => void;
  /** How long it may take, in milliseconds. */
  readonly timeMsMax: number;
}

/** A command that was asked to stop may take this long to clean up. */
const STOP_MS_MAX = 4_000;
/** More is not an answer that anybody reads. */
const DOCUMENT_MB_MAX = 128;
const COMPLAINT_CHARS_MAX = 4_000;

const progressSchema = z.object({ kind: z.literal('progress'), text: z.string() });
const refusalSchema = z.object({ error: problemSchema });

/** The arguments of a command: what is given by others never passes for an option. */
function argumentsOf({ name, options = {}, operands = [] }: Command): readonly string[] {
  const given = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? `--${option}` : `--${option}=${value}`];
  });
  return [name, ...given, ...(operands.length === 0 ? [] : ['--', ...operands])];
}

/** A command as a person would type it. */
export function describeCommand(command: Command): string {
  const { name, options = {}, operands = [] } = command;
  const words = argumentsOf({ name, options });
  return ['phasmoscope', ...words, ...operands].map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What the command line is started with. */
function commandStart(): readonly [program: string, ...args: readonly string[]] {
  // An installed program is no Node; a script beside it starts it as the command line.
  if (process.versions['electron'] !== undefined) {
    return [join(dirname(process.execPath), 'bin/phasmoscope')];
  }
  return [process.execPath, join(PACKAGE_ROOT, 'dist/cli.cjs')];
}

/**
 * Runs a command in a process of its own, which may be killed, hang or run out of memory, and returns its
 * JSON document. What the command line does for people holds here, too: it ends steps that hang, and says
 * why it ended when a machine ends it.
 *
 * @throws {ProblemError} when the command is refused, or ends without a document.
 */
export async function runCommand(command: Command, settings: CommandSettings): Promise<unknown> {
  const { folders, signal, onProgress, timeMsMax } = settings;
  const [name = '', ...others] = argumentsOf(command);
  const [program, ...start] = commandStart();
  const child = spawn(program, [...start, name, '--json', ...others], {
    cwd: folders[0],
    env: confinedTo(folders),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.on('message', (message) => {
    const progress = progressSchema.safeParse(message);
    if (progress.success) onProgress(progress.data.text);
  });
  const limit = AbortSignal.timeout(timeMsMax);
  const stop = AbortSignal.any([signal, limit]);
  const onStop = () => stopProcess(child);
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop);
  try {
    const ended = await outputOf(child);
    signal.throwIfAborted();
    if (limit.aborted) throw tookTooLong(timeMsMax);
    return documentOf(command, ended);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/** As Ctrl-C does: the command keeps what it has and removes what must not stay. */
function stopProcess(child: ChildProcess): void {
  child.kill('SIGINT');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  child.once('exit', () => clearTimeout(kill));
}

/** How a process ended, and what it has written. */
interface Ended {
  readonly stdout: string;
  /** The last of it. */
  readonly stderr: string;
  readonly how: string;
}

function outputOf(child: ChildProcess): Promise<Ended> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= DOCUMENT_MB_MAX * 2 ** 20) chunks.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-COMPLAINT_CHARS_MAX);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not when the process ends, but when all that it wrote has come in.
    child.once('close', (exitCode, killedBy) => {
      const how = killedBy === null ? `with exit code ${exitCode}` : `by ${killedBy}`;
      if (bytes > DOCUMENT_MB_MAX * 2 ** 20) reject(tooLarge());
      else resolve({ stdout: Buffer.concat(chunks).toString('utf8'), stderr, how });
    });
  });
}

function documentOf(command: Command, { stdout, stderr, how }: Ended): unknown {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch (error) {
    throw new ProblemError(
      {
        title: `The command ended ${how}, and without an answer: ${describeCommand(command)}`,
        ...(stderr === '' ? {} : { details: stderr }),
      },
      { cause: error },
    );
  }
  // One with more than an error has results as well.
  const refused = z.strictObject(refusalSchema.shape).safeParse(document);
  if (refused.success) throw new ProblemError(refused.data.error);
  return document;
}

function tookTooLong(timeMsMax: number): ProblemError {
  return new ProblemError({
    title: `The command was stopped: it did not end within ${formatCount(timeMsMax / 1_000)} seconds.`,
    remedy:
      'Ask for fewer seeds or operations. If one run takes this long, look for an endless loop.',
  });
}

function tooLarge(): ProblemError {
  return new ProblemError({
    title: `The answer was larger than ${DOCUMENT_MB_MAX} MB.`,
    remedy: 'Run fewer operations, or ask about a part of the trace.',
  });
}
