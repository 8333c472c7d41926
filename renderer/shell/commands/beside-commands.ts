import {
  currentPair,
  differenceTo,
  endComparison,
  goToRow,
  setSifted,
  setTogether,
  swapRuns,
} from '../../session/beside.ts';
import { showView } from '../panes.ts';
import { focus, withFound, withTrace, type Behaviour, type Behaviours } from './behaviour.ts';

/** Two runs side by side. */
export const BESIDE_COMMANDS = {
  compareRuns: withTrace(() => chooseOther()),
  swapRuns: withFound(currentPair, swapRuns),
  toggleTogether: withFound(currentPair, (pair) => setTogether(pair, !pair.isTogether)),
  toggleSifted: withFound(currentPair, (pair) => setSifted(pair, !pair.isSifted)),
  endComparison: withFound(currentPair, ({ run }) => endComparison(run.id)),
  firstDifference: toDifference('first'),
  nextDifference: toDifference('next'),
  previousDifference: toDifference('previous'),
} satisfies Behaviours;

function toDifference(to: Parameters<typeof differenceTo>[0]): Behaviour {
  return withFound(() => differenceTo(to), goToRow);
}

/** Shows the two runs, with the choice of the other one ready for the keyboard. */
function chooseOther(): void {
  showView('beside');
  requestAnimationFrame(() => focus('.beside-choice button'));
}
