import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { startRun } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { RULES, type RuleName } from '../../machine/rules.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import type { Problem } from '../../problem.ts';
import { parseSeed, valueOf } from '../../text/quantities.ts';
import type { LoadedMachine } from './machine-loader.ts';

/** How far a seed is run, and how often `restore` is asked on the way. */
const STEPS_MAX = 300;
const ASKS_MAX = 16;
const MS_MAX = 1_000;

const PURE: RuleName = 'restore is pure';

/**
 * Runs the beginning of a scenario's seed without faults, in which no crash ever asks `restore`, and asks it what it
 * would do in a process that has just started, wherever an action is sent.
 *
 * @returns the problem when it lives from the memory of its process.
 */
export async function findForgetfulRestore(
  { machine, guard, watch, locate }: LoadedMachine,
  scenario: AnyScenario,
): Promise<Problem | undefined> {
  if (machine.waivers?.[PURE] !== undefined) return undefined;
  const untilMs = performance.now() + MS_MAX;
  const seed = valueOf(parseSeed(scenario.defaults.seed));
  const operationsMax = Math.min(scenario.defaults.operations, STEPS_MAX);
  const settings = { scenario, seed, operationsMax, faults: FAULT_PROFILES.none, locate };
  const run = startRun(machine, settings, { guard, watch, sampling: SWEEP_SAMPLING });
  try {
    let asks = 0;
    for (let hasMore = true; hasMore && asks < ASKS_MAX && performance.now() < untilMs;) {
      let isAwaiting = false;
      hasMore = await run.advance(1, ({ actions }) => {
        isAwaiting = actions.some(({ kind }) => kind === 'tracked');
      });
      if (!isAwaiting) continue;
      asks += 1;
      const violation = await run.askRestarted();
      if (!violation) continue;
      const { message, source } = violation;
      const place = source === undefined ? '' : ` (${source})`;
      return { title: `${message.replace(/\.$/, '')}${place}.`, remedy: RULES[PURE].cure };
    }
    return undefined;
  } catch (error) {
    // The scenario is tried elsewhere.
    if (error instanceof ScenarioError) return undefined;
    throw error;
  } finally {
    run.close();
  }
}
