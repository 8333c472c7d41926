import { showProblem } from './notices.ts';

let isReported = false;

/** Keeps a text from one session to the next; returns whether there was room. */
export function tryToKeep(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function report(): void {
  if (isReported) return;
  isReported = true;
  showProblem({
    title: 'What is open cannot be kept for the next start: the profile has no room for it.',
    remedy: 'Everything else works. Free space on the disk, or close sweeps and runs.',
  });
}

/** The storage of the page. What cannot be kept is reported once; nothing else depends on it. */
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
      // It stays, as everything does that cannot be written.
    }
  },
};
