import { seek } from '../session/controller.ts';
import { selectRun, session } from '../session/store.ts';
import { PACES, ui } from './ui-store.ts';

/** Plays the run on the screen: a step forward at every tick, until its end. */
export function startPlayer(): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    const run = selectRun(session.getState());
    if (!run?.trace || run.cursor >= run.trace.length - 1) ui.setState({ isPlaying: false });
    else seek(run.cursor + 1);
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
