import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LINK_SCHEME } from '../../core/contract/place.ts';
import { launchSchema, type Launch } from '../../core/contract/window.ts';
import { isMachineFile } from '../../core/node/files/file-kind.ts';
import { demoLaunch } from '../../core/node/load/samples.ts';
import { ProblemError } from '../../core/problem.ts';
import { cutText, showText } from '../../core/text/visible.ts';
import { messageOf } from '../../core/thrown.ts';
import { parseJson } from '../../core/value/json.ts';

const LAUNCH_SWITCH = '--phasmoscope-launch=';
const DEMO_SWITCH = '--phasmoscope-demo';

/** The link that a process was started with, if any. */
export function linkIn(args: readonly string[]): string | undefined {
  return args.find((arg) => arg.startsWith(LINK_SCHEME));
}

/**
 * Returns what the window should open, from the command line: `--phasmoscope-launch=JSON`,
 * `--phasmoscope-demo`, the path of a trace, or nothing.
 *
 * @param args without the executable.
 * @param appPath the path that Electron was given for the app itself, which is not a file to open.
 * @throws {ProblemError} when the JSON is not a launch.
 */
export function readLaunch(args: readonly string[], appPath: string): Launch {
  const json = args.find((arg) => arg.startsWith(LAUNCH_SWITCH))?.slice(LAUNCH_SWITCH.length);
  if (json !== undefined) return parseLaunch(json);
  if (args.includes(DEMO_SWITCH)) return demoLaunch();
  // Electron's own switches and the app's path come before the app's arguments.
  const appAt = args.findIndex((arg) => resolve(arg) === appPath);
  const file = args.slice(appAt + 1).find((arg) => !arg.startsWith('-'));
  // A link is followed when there is a window to ask over.
  if (file === undefined || file.startsWith(LINK_SCHEME)) return { kind: 'lastSession' };
  // Desktops give the address of a file.
  const path = file.startsWith('file:') ? fileURLToPath(file) : resolve(file);
  return isMachineFile(path)
    ? { kind: 'machine', machine: { kind: 'file', path } }
    : { kind: 'trace', path };
}

function parseLaunch(json: string): Launch {
  try {
    return launchSchema.parse(parseJson(json));
  } catch (error) {
    const problem = {
      title: `The window was started with ${LAUNCH_SWITCH}${cutText(showText(json), 200)}, which it does not understand.`,
      details: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error),
      remedy: 'Start it with `npm start`, or with `npx phasmoscope open` and a file.',
    };
    throw new ProblemError(problem, { cause: error });
  }
}
