import { afterEach, describe, expect, it } from 'vitest';
import { onePane, split } from './arrangement.ts';
import { arrange, arrangementsPart, currentArrangement, formerTabPart } from './arrangements.ts';
import { session } from './store.ts';

/** Shows a run of a machine; only its name matters here. */
function showMachine(machine: string): void {
  const run = { id: machine, trace: { header: { machine } } };
  session.setState({ runs: [run] as never, runId: machine, shown: 'run' });
}

const kept = () => JSON.parse(JSON.stringify(arrangementsPart.keep())) as unknown;

afterEach(() => {
  session.setState({ runs: [], runId: undefined });
  arrangementsPart.recall({ last: onePane('state'), ofMachines: [] });
});

describe('arrangements', () => {
  it('belong to the machine on the screen; a new machine begins with the last one', () => {
    showMachine('bank');
    arrange((from) => split(from, 'beside', 'steps'));
    const ofBank = currentArrangement();
    showMachine('turnstile');
    expect(currentArrangement()).toEqual(ofBank);
    arrange(() => onePane('causality'));
    showMachine('bank');
    expect(currentArrangement()).toEqual(ofBank);
  });

  it('come back with the session', () => {
    showMachine('bank');
    arrange((from) => split(from, 'below', 'steps'));
    const made = currentArrangement();
    const text = kept();
    arrange(() => onePane('causality'));
    arrangementsPart.recall(text);
    expect(currentArrangement()).toEqual(made);
  });

  it('are kept for a limited number of machines', () => {
    for (let at = 0; at < 100; at++) {
      showMachine(`machine ${at}`);
      arrange(() => ({ ...onePane('steps') }));
    }
    const { ofMachines } = kept() as { ofMachines: [string, unknown][] };
    expect(ofMachines.length).toBeLessThanOrEqual(40);
    expect(ofMachines.at(-1)?.[0]).toBe('machine 99');
  });

  it('begin with the only view that an earlier version kept', () => {
    formerTabPart.recall('causality');
    expect(currentArrangement()).toEqual(onePane('causality'));
    formerTabPart.recall('heat map');
    expect(currentArrangement()).toEqual(onePane('causality'));
    expect(formerTabPart.keep()).toBeUndefined();
  });

  it('are not lost to what another version kept', () => {
    arrangementsPart.recall('nonsense');
    arrangementsPart.recall({ last: { root: 7 }, ofMachines: [['bank', null]] });
    showMachine('bank');
    expect(currentArrangement()).toEqual(onePane('state'));
  });
});
