import { showProblem } from './notices.ts';
import { session } from './store.ts';

/** Shows errors that nobody has caught like any other problem, from now on. */
export function listenToErrors(): void {
  window.addEventListener('error', ({ error, message }) => {
    // What was observed is reported in the next frame: nothing is wrong.
    if (!message.startsWith('ResizeObserver loop')) showUnexpected(error);
  });
  window.addEventListener('unhandledrejection', ({ reason }) => showUnexpected(reason));
}

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
