import type { CommandModule } from './options.ts';

/** A command in the list of them. */
interface CommandEntry {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What it takes and does: each command needs much that others do not, so it is loaded when it is named. */
  readonly load: () => Promise<CommandModule>;
}

/** All commands under the headings of the help. A new one is added here, and declares the rest itself. */
export const COMMANDS: Readonly<Record<string, readonly CommandEntry[]>> = {
  Run: [
    {
      name: 'run',
      summary: 'Run one seed and print what it found.',
      load: async () => (await import('./run-command.ts')).RUN,
    },
    {
      name: 'record',
      summary: 'Run one seed and write its trace to a file.',
      load: async () => (await import('./run-command.ts')).RECORD,
    },
    {
      name: 'shrink',
      summary: 'Reduce a failing run to the operations and faults that matter.',
      load: async () => (await import('./shrink-command.ts')).SHRINK,
    },
  ],
  'Run many seeds': [
    {
      name: 'sweep',
      summary: 'Run many seeds on all cores and group their findings by cause.',
      load: async () => (await import('./sweep-command.ts')).SWEEP,
    },
    {
      name: 'merge',
      summary: 'Add up the reports of the shards of a sweep.',
      load: async () => (await import('./merge-command.ts')).MERGE,
    },
  ],
  'Read a trace': [
    {
      name: 'show',
      summary: 'Print a trace in brief, a step of it, or its state.',
      load: async () => (await import('./show-command.ts')).SHOW,
    },
    {
      name: 'steps',
      summary: 'List the steps of a trace, or those at which an expression is true.',
      load: async () => (await import('./steps-command.ts')).STEPS,
    },
    {
      name: 'inputs',
      summary: 'Write the inputs of a trace to a file, to edit them and run them again.',
      load: async () => (await import('./inputs-command.ts')).INPUTS_OF,
    },
    {
      name: 'verify',
      summary: 'Re-execute a trace and print the first step that differs.',
      load: async () => (await import('./verify-command.ts')).VERIFY,
    },
    {
      name: 'query',
      summary:
        'Find the steps of traces at which an expression is true or an invariant fails, or that are about a record.',
      load: async () => (await import('./query-command.ts')).QUERY,
    },
    {
      name: 'origin',
      summary: 'Follow a value of the state back to the input or result that it came from.',
      load: async () => (await import('./origin-command.ts')).ORIGIN,
    },
    {
      name: 'why',
      summary: 'Explain a step of a trace: what led to it, and what its finding speaks of.',
      load: async () => (await import('./why-command.ts')).WHY,
    },
    {
      name: 'report',
      summary:
        'Write a finding for an issue tracker, as Markdown: the minimal run, and why it fails.',
      load: async () => (await import('./report-command.ts')).REPORT,
    },
    {
      name: 'picture',
      summary: 'Picture what the window shows of a step as a PNG, or of many steps as a GIF.',
      load: async () => (await import('./picture-command.ts')).PICTURE,
    },
    {
      name: 'notes',
      summary: 'Print the notes of a trace, add one to its file, or give it others.',
      load: async () => (await import('./notes-command.ts')).NOTES,
    },
    {
      name: 'source',
      summary: 'Show the lines of the machine that a step executed, or that no step executed.',
      load: async () => (await import('./source-command.ts')).SOURCE,
    },
    {
      name: 'export-test',
      summary: 'Write a failing run as a vitest test that fails until the machine is corrected.',
      load: async () => (await import('./export-test-command.ts')).EXPORT_TEST,
    },
    {
      name: 'export',
      summary: 'Write a trace for other tools: Perfetto, or the Informal Trace Format (ITF).',
      load: async () => (await import('./interchange-command.ts')).EXPORT,
    },
    {
      name: 'import',
      summary:
        'Turn a counterexample of Apalache or Quint (ITF), or the log of a service, into a trace.',
      load: async () => (await import('./interchange-command.ts')).IMPORT,
    },
  ],
  'Try what if': [
    {
      name: 'fork',
      summary: 'Change something in a recorded run, and show what becomes of it.',
      load: async () => (await import('./fork-command.ts')).FORK,
    },
    {
      name: 'explain',
      summary: 'Say why a run fails: take out each of its parts, and run it again.',
      load: async () => (await import('./explain-command.ts')).EXPLAIN,
    },
    {
      name: 'diff',
      summary: 'Align two traces by their operations, and say in what they differ.',
      load: async () => (await import('./diff-command.ts')).DIFF,
    },
    {
      name: 'doom',
      summary: 'Draw how likely a failed run was to fail after each of its steps.',
      load: async () => (await import('./what-if-command.ts')).DOOM,
    },
    {
      name: 'crash-everywhere',
      summary: 'Crash a run at every point of every step, and say where it does not recover.',
      load: async () => (await import('./what-if-command.ts')).CRASH_EVERYWHERE,
    },
  ],
  'Machines and the window': [
    {
      name: 'open',
      summary: 'Open the window on a trace, on a machine, or on the last session.',
      load: async () => (await import('./open-command.ts')).OPEN,
    },
    {
      name: 'check',
      summary: 'Type-check a machine file, list its scenarios, and say what is missing.',
      load: async () => (await import('./check-command.ts')).CHECK,
    },
    {
      name: 'new',
      summary: 'Write a small machine with a scenario and a test into a new folder.',
      load: async () => (await import('./new-command.ts')).NEW,
    },
    {
      name: 'machines',
      summary: 'List the samples with their scenarios.',
      load: async () => (await import('./machines-command.ts')).MACHINES,
    },
    {
      name: 'mcp',
      summary: 'Serve coding agents: tools over the Model Context Protocol, for some folders.',
      load: async () => (await import('./mcp-command.ts')).MCP,
    },
    {
      name: 'complete',
      summary: 'Print a script that makes a shell complete commands and options.',
      load: async () => (await import('./complete-command.ts')).COMPLETE,
    },
    {
      name: 'check-machine',
      summary: 'Check that a machine in another language keeps the protocol.',
      load: async () => (await import('./check-machine-command.ts')).CHECK_MACHINE,
    },
  ],
};
