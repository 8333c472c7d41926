import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onEvent, request } from './api.ts';
import { handleEvent, openLaunch } from './session/controller.ts';
import { keepSession, restoreSession } from './session/persistence.ts';
import { session } from './session/store.ts';
import { App } from './shell/app.tsx';
import { runCommandNamed } from './shell/commands.ts';
import { ui } from './shell/ui-store.ts';
import './design/base.css';
import './ui/ui.css';

/** Connects the window to the main process and opens what it was started for. */
async function start(): Promise<void> {
  onEvent((event) => handleEvent(event, runCommandNamed));
  const { launch, theme, ...known } = await request('start', null);
  ui.setState({ theme });
  session.setState({ ...known, isStarted: true });
  requestAnimationFrame(() => void request('ready', null));
  await openLaunch(launch, restoreSession);
  keepSession();
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void start();
