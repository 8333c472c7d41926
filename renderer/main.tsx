import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onEvent, request } from './api.ts';
import { followBeside } from './session/beside.ts';
import { handleEvent } from './session/events.ts';
import { followForks } from './session/forks.ts';
import { showProblem } from './session/notices.ts';
import { openLaunch } from './session/opening.ts';
import { keepSession, recallSession } from './session/persistence.ts';
import { followReruns } from './session/reruns.ts';
import { session } from './session/store.ts';
import { App } from './shell/app.tsx';
import { runCommandNamed } from './shell/commands.ts';
import { appMenus } from './shell/menu.ts';
import { SESSION_PARTS } from './shell/session-parts.ts';
import { ui } from './shell/ui-store.ts';
import './theme/base.css';

/** Shows an unexpected error like any other problem. */
function showUnexpected(error: unknown): void {
  const details = error instanceof Error ? error.stack : undefined;
  const { shown, runId, sweepId } = session.getState();
  // It goes with what was on the screen, which it most likely is about.
  const about = shown === 'run' ? runId : sweepId;
  const problem = {
    title: `Something went wrong in the window: ${String(error)}`,
    remedy: 'Go on; if it happens again, report it with the details.',
    ...(details === undefined ? {} : { details }),
  };
  showProblem(problem, about);
}

window.addEventListener('error', ({ error, message }) => {
  // What was observed is told in the next frame: nothing is wrong.
  if (!message.startsWith('ResizeObserver loop')) showUnexpected(error);
});
window.addEventListener('unhandledrejection', ({ reason }) => showUnexpected(reason));

/** Connects the window to the main process and opens what it was started for. */
async function start(): Promise<void> {
  onEvent((event) => handleEvent(event, runCommandNamed));
  void request('setMenu', appMenus());
  const {
    launch,
    theme,
    preferences,
    session: kept,
    hasWindowDied,
    ...known
  } = await request('start', null);
  ui.setState({ theme, preferences });
  const resume = recallSession(kept, hasWindowDied, SESSION_PARTS);
  session.setState({ ...known, isStarted: true });
  requestAnimationFrame(() => void request('ready', null));
  const opened = openLaunch(launch, resume);
  // From here on: what was kept has been read, and the first run is on its way.
  keepSession(SESSION_PARTS);
  followReruns();
  followForks();
  followBeside();
  await opened;
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root, {
  // React has shown everything at its second try: there is nothing to report. What a panel cannot
  // show, its error boundary shows.
  onRecoverableError: () => undefined,
}).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void start();
