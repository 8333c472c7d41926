import { goalOf, seek } from '../session/cursor.ts';
import { selectRun, session } from '../session/store.ts';
import { PACES, ui } from './ui-store.ts';

/** Plays the run on the screen: a step forward at every tick, until its end. */
export function startPlayer(): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    const run = selectRun(session.getState());
    const stepIndex = run ? goalOf(run.id) : -1;
    if (!run?.trace || stepIndex >= run.trace.length - 1) ui.setState({ isPlaying: false });
    else seek(stepIndex + 1);
  };
  const unsubscribe = ui.subscribe((now, before) => {
    if (now.isPlaying === before.isPlaying && now.pace === before.pace) return;
    clearInterval(timer);
    if (now.isPlaying) timer = setInterval(tick, 1000 / (PACES[now.pace] ?? 1));
  });
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}
