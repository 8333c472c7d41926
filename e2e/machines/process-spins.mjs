/**
 * @file A machine in a child process that enters an endless loop at its sixth step, or at once if its
 * argument says so.
 */
let state = { steps: 0 };

/** @type {Record<string, (params: { state?: { steps: number } }) => unknown>} */
const methods = {
  initialize: () => ({ protocolVersion: 1, name: 'process-spins', invariants: [], state }),
  stf() {
    for (let spins = 0; state.steps === 5; spins += 1) if (spins < 0) break;
    state = { steps: state.steps + 1 };
    return { outcome: { kind: 'ok' }, actions: [], state };
  },
  restore: () => ({ outcome: { kind: 'ok' }, actions: [] }),
  checkInvariants: () => ({}),
  saveState: () => ({ state }),
  loadState(params) {
    state = params.state ?? state;
    return {};
  },
};

for (let spins = 0; process.argv[2] === 'at-once'; spins += 1) if (spins < 0) break;

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line);
    process.stdout.write(`${JSON.stringify({ id, result: methods[method]?.(params) })}\n`);
  }
});
