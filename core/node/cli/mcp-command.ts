import { signs } from '../files/signs-of-life.ts';
import { Folders } from '../mcp/folders.ts';
import type { CommandModule } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';

/** `phasmoscope mcp`: serves coding agents over standard input and output, for some folders. */
export const MCP: CommandModule = {
  examples: [['Serve the machines and traces of this folder', 'mcp .']],
  declare: (command) =>
    command.argument(
      '[folders...]',
      'where machines may be run, and traces read and written (default: the working directory)',
    ),
  run: mcpCommand,
};

/** Standard input belongs to the main thread, which becomes the server. */
async function mcpCommand(paths: readonly string[]): Promise<ExitCode> {
  signs.serving(new Folders(paths, process.cwd()).roots);
  return EXIT.done;
}
