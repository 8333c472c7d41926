import { spawn, type ChildProcess } from 'node:child_process';
import { showText } from '../../text/visible.ts';
import type { OpenRecording } from '../files/signs-of-life.ts';

/**
 * Reads what is being recorded, line by line, until its standard input ends, which it does however its
 * owner ends. Then it gives the recording its name, and says what happened.
 */
const SCRIPT = `
part=; target=; half=; kept=
while IFS= read -r line; do
  case $line in
    part=*) part=\${line#part=} ;;
    target=*) target=\${line#target=} ;;
    half=*) half=\${line#half=} ;;
    kept=*) kept=\${line#kept=} ;;
  esac
done
[ -n "$half" ] && rm -f "$half"
[ -n "$part" ] && [ -s "$part" ] && mv -f "$part" "$target" || kept=
[ -n "$1" ] && printf '%s\\n' "$1"
printf '%s\\n' "$0" \${kept:+"$kept"} >&2
`;

/**
 * Speaks for a process that dies without a word of its own: when a single piece of memory is larger than
 * what is left, V8 ends the process at once. The exit code is that of the signal.
 */
export class DeathWatch {
  readonly #process: ChildProcess | undefined;

  /**
   * @param words what is said then, on standard error.
   * @param json what is printed on standard output, if anything.
   */
  constructor(words: string, json: string | undefined) {
    if (process.platform === 'win32') return;
    const dog = spawn('/bin/sh', ['-c', SCRIPT, words, json ?? ''], {
      stdio: ['pipe', 'inherit', 'inherit'],
      // Not in our group: what ends that must not end this first.
      detached: true,
    });
    // Without a shell, nothing is said: the command itself needs none.
    dog.on('error', () => undefined);
    dog.stdin?.on('error', () => undefined);
    dog.unref();
    (dog.stdin as { unref?: () => void } | null)?.unref?.();
    this.#process = dog;
  }

  /** Names the file whose steps must not be lost. */
  record(open: OpenRecording | undefined): void {
    const { part = '', target = '', half = '', path = '' } = open ?? {};
    // A name of several lines is left alone.
    const isPlain = !target.includes('\n');
    const kept = `The steps until then are in ${showText(path)}.`;
    const lines = isPlain
      ? [`part=${part}`, `target=${target}`, `half=${half}`, `kept=${kept}`]
      : ['part=', 'half='];
    this.#process?.stdin?.write(`${lines.join('\n')}\n`);
  }

  /** The process ends in its own words. */
  close(): void {
    this.#process?.kill('SIGKILL');
  }
}
