import { driveToEnd } from '../../engine/driving.ts';
import { startReplay } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import { executionOf, keyOfDoer, type Doer } from '../../trace/causality/doer.ts';
import { differingParts } from '../../trace/compare/differing-parts.ts';
import type { StepPart } from '../../trace/format/format.ts';
import { recordStep } from '../../trace/recorder.ts';
import type { Trace } from '../../trace/trace.ts';
import type { EvaluatedBundle, LoadedMachine } from '../load/machine-loader.ts';
import { ONLY_CODE } from './coverage.ts';
import { HandlingWatch } from './handling.ts';
import { PreciseCoverage } from './precise-coverage.ts';
import { canWatch } from './swept-code.ts';

/**
 * Where code did something, as `file:line:column`, by {@link keyOfDoer}; see {@link HandlingWatch}. Executes it one
 * by one, each from the state before it, and names no place in a step that goes otherwise than the trace says. Empty
 * where that cannot be known: the trace is of another source, the machine is not made of JavaScript, its state is in a
 * database, or a sweep watches all that this thread executes.
 */
export async function handledPlaces(
  loaded: LoadedMachine,
  trace: Trace,
  doers: Iterable<Doer>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const places = new Map<string, readonly string[]>();
  const isSame = loaded.sourceHash === trace.header.sourceHash;
  if (!isSame || !canWatch(loaded) || loaded.machine.storage) return places;
  return PreciseCoverage.alone(async () => {
    if (PreciseCoverage.isUnderWay) return places;
    const profile = new PreciseCoverage(loaded.bundle);
    let fresh: LoadedMachine | undefined;
    try {
      fresh = await loaded.afresh();
      for (const doer of doers) {
        const key = keyOfDoer(doer);
        if (places.has(key)) continue;
        places.set(key, await placesOf(loaded.bundle, fresh, profile, trace, doer));
      }
      return places;
    } finally {
      profile.close();
      await fresh?.close();
    }
  });
}

async function placesOf(
  bundle: EvaluatedBundle,
  { machine, guard, locate, watch }: LoadedMachine,
  profile: PreciseCoverage,
  trace: Trace,
  doer: Doer,
): Promise<readonly string[]> {
  const { operation, initialState } = executionOf(trace, doer);
  const handling = new HandlingWatch(machine);
  const plan = { machine: handling.watched, guard, locate, watch, checks: ONLY_CODE, initialState };
  const run = startReplay(plan, [operation]);
  profile.take();
  let isSame = false;
  await driveToEnd(run, {
    observe: (step) => {
      // What restore would have done stands in no trace.
      isSame = doer.isRestore === true || isExecutionOf(trace, doer.stepIndex, step);
    },
  });
  run.close();
  // Of a step that went otherwise, no line of this source is the place.
  if (!isSame) return [];
  return handling.handledAt(bundle, profile.takeBoth().functions, locate);
}

/** What a machine does in a step. */
const DEEDS: readonly StepPart[] = ['outcome', 'actions', 'discarded', 'patch', 'stateHash'];

function isExecutionOf(trace: Trace, stepIndex: number, executed: Executed): boolean {
  const recorded = trace.step(stepIndex);
  const step = recordStep(executed, trace.header.digests);
  const differing = differingParts(recorded, step, () => trace.stateAt(stepIndex - 1));
  return !differing.some((part) => DEEDS.includes(part));
}
