import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { onEvent, request } from './api.ts';
import { isPage } from './page/page-run.ts';
import { showPage } from './page/show-page.tsx';
import { followBeside } from './session/beside.ts';
import { handleEvent } from './session/events.ts';
import { followFileAnswers } from './session/file-answers.ts';
import { followForks } from './session/forks.ts';
import { openLaunch } from './session/opening.ts';
import { keepSession, recallSession } from './session/persistence.ts';
import { followReruns } from './session/reruns.ts';
import { session } from './session/store.ts';
import { listenToErrors } from './session/unexpected.ts';
import { App } from './shell/app.tsx';
import { runCommandNamed } from './shell/commands.ts';
import { appMenus } from './shell/menu.ts';
import { takeOrdered } from './shell/ordered-picture.ts';
import { SESSION_PARTS } from './shell/session-parts.ts';
import { ui } from './shell/ui-store.ts';
import './theme/base.css';

listenToErrors();

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
  const { resume, settle } = recallSession(kept, hasWindowDied, SESSION_PARTS);
  session.setState({ ...known, isStarted: true });
  requestAnimationFrame(() => void request('ready', null));
  // Asked before a run is executed, whose trace would be taken for one that was left.
  const settled = settle();
  const opened = openLaunch(launch, resume);
  await settled;
  // From here on: what was kept has been read, and the first run is on its way.
  keepSession(SESSION_PARTS);
  followReruns();
  followForks();
  followBeside();
  followFileAnswers();
  await opened;
  if (launch.kind === 'trace' && launch.picture) await takeOrdered(launch.picture);
}

/** Puts the window on the screen. */
function showWindow(root: Root): void {
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  void start();
}

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no element with the id "root"');
const root = createRoot(element, {
  // React has shown everything at its second try: there is nothing to report. What a panel cannot
  // show, its error boundary shows.
  onRecoverableError: () => undefined,
});
// A saved page carries the program of the window.
if (isPage()) void showPage(root);
else showWindow(root);
