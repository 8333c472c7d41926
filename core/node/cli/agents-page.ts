/** What a project of `phasmoscope new` explains to coding agents. The words in capitals are theirs to fill in. */
export const AGENTS_PAGE = `# For coding agents

\`machine.ts\` is a PHASM machine: \`stf\` takes a state and an input to the next state and emits actions;
\`restore\` emits the outstanding ones again after a crash. \`phasmoscope.config.ts\` names it, so that commands need
no machine. Its scenario turns a seed into a run: the same seed gives the same run, faults included.

## What must hold

- \`stf\`, \`restore\` and invariants see nothing but their arguments: no clock, \`Math.random\`, timers, network, files
  or globals.
- \`return err(…)\` rejects an input, and comes before the first change of the state. A throw is a defect.
- The result of a tracked action may come late, twice or never: count it only while its id is in the state.
- \`restore\` emits every tracked action that is outstanding, from the state alone, and changes nothing.
- Ids come from the state, and no id is used again while it is outstanding.

Do not weaken an invariant or waive a rule to make a finding go away, unless you are asked to.

## How to work

\`\`\`sh
npx phasmoscope check                    # types, scenarios, and what is missing
npx phasmoscope sweep --json             # findings by cause, each with its smallest seed
npx phasmoscope shrink --seed SEED --finding "NAME" --out minimal.jsonl
npx phasmoscope explain minimal.jsonl    # which steps the finding needs
npx phasmoscope why minimal.jsonl        # what led to it
npx phasmoscope show minimal.jsonl --step 0 --changes
npx phasmoscope export-test minimal.jsonl --out finding.test.ts
\`\`\`

Correct the machine until \`npm test\` passes, with the exported test among the others. Then sweep again, with
\`--one-in 1000\` to know how much that shows.

Exit codes: 0 nothing found, 1 a finding, 2 the command was refused or its result is incomplete. \`--json\` prints one
JSON document. \`npx phasmoscope COMMAND --help\` has examples.

The same as tools, for clients of the Model Context Protocol:

\`\`\`json
{ "mcpServers": { "phasmoscope": { "command": "npx", "args": ["phasmoscope", "mcp"] } } }
\`\`\`
`;
