import { showProblem } from './notices.ts';
import { session } from './store.ts';

let isReported = false;

/** Keeps a text from one session to the next. Returns whether there was room. */
export function tryToKeep(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function report(): void {
  // A saved page keeps nothing that matters, and often may not.
  if (isReported || session.getState().isPage) return;
  isReported = true;
  showProblem({
    title: 'The open runs and sweeps cannot be kept for the next start: the profile has no room.',
    remedy: 'Everything else works. Free space on the disk, or close sweeps and runs.',
  });
}

/** The storage of the page. A failure is reported once; nothing else depends on it. */
export const storage = {
  getItem: (key: string): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key: string, text: string): void => {
    if (!tryToKeep(key, text)) report();
  },
  removeItem: (key: string): void => {
    try {
      localStorage.removeItem(key);
    } catch {
      // The stored text stays.
    }
  },
};
