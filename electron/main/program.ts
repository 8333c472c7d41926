/**
 * @file What the installed program starts with: the window, or the command line. The program cannot be
 * used as a Node, so that nobody can make it run other code; bin/phasmoscope starts it with a switch.
 */
import { createRequire } from 'node:module';
import { app } from 'electron';

const COMMAND_SWITCH = '--phasmoscope-command';

const load = createRequire(import.meta.url);
// What comes after it are arguments, whatever they look like.
const end = process.argv.indexOf('--');
if (end !== -1 && process.argv.slice(0, end).includes(COMMAND_SWITCH)) {
  process.argv = [process.execPath, COMMAND_SWITCH, ...process.argv.slice(end + 1)];
  // Until it is ready, Electron would take the signals that the command line listens to.
  void app.whenReady().then(() => load('./cli.cjs'));
} else {
  load('./main.cjs');
}
