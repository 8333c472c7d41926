import type { Run } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { RULES, type RuleName } from '../../machine/rules.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import type { Problem } from '../../problem.ts';
import { formatTime, parseSeed, valueOf } from '../../text/quantities.ts';
import type { LoadedMachine } from './machine-loader.ts';
import { tryBeginning, type Trial } from './trial.ts';

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
  loaded: LoadedMachine,
  scenario: AnyScenario,
): Promise<Problem | undefined> {
  if (loaded.machine.waivers?.[PURE] !== undefined) return undefined;
  let problem: Problem | undefined;
  let asks = 0;
  let isAwaiting = false;
  const trial: Trial = {
    scenario,
    seed: valueOf(parseSeed(scenario.defaults.seed)),
    stepsMax: STEPS_MAX,
    msMax: MS_MAX,
    observe: ({ actions }) => {
      isAwaiting = actions.some(({ kind }) => kind === 'tracked');
    },
    ask: async (run) => {
      if (!isAwaiting) return true;
      asks += 1;
      problem = await askRestarted(loaded, run);
      return problem === undefined && asks < ASKS_MAX;
    },
  };
  try {
    await tryBeginning(loaded, trial);
  } catch (error) {
    // The scenario is tried elsewhere.
    if (!(error instanceof ScenarioError)) throw error;
  }
  return problem;
}

async function askRestarted(
  { watch, guard }: LoadedMachine,
  run: Run,
): Promise<Problem | undefined> {
  const asked = await watch.over((beat) => {
    beat.isStepping = true;
    return run.askRestarted();
  });
  if (asked.kind === 'overran') {
    guard.abandon();
    const { limitMs, source } = asked.overrun;
    const title = `restore did not end within ${formatTime(limitMs)}${placed(source)}.`;
    return { title, remedy: 'Correct it: a crash may come at any step.' };
  }
  if (!asked.value) return undefined;
  const { message, source } = asked.value;
  return { title: `${message.replace(/\.$/, '')}${placed(source)}.`, remedy: RULES[PURE].cure };
}

function placed(source: string | undefined): string {
  return source === undefined ? '' : ` (${source})`;
}
