import { useShallow } from 'zustand/react/shallow';
import type { Problem } from '../../core/problem.ts';
import { session, useSession, type Session, type ShownProblem } from './store.ts';

/**
 * Shows a problem until the user dismisses it.
 *
 * @param about the id of the machine, run or sweep that the problem is about: it is shown only while
 *   that is on the screen or in the toolbar; until then, a notice says what happened.
 */
export function showProblem(problem: Problem, about?: string): void {
  session.setState(({ problems, problemsEver }) => ({
    problemsEver: problemsEver + 1,
    problems: [
      ...problems.filter((other) => other.problem.title !== problem.title || other.about !== about),
      { id: problemsEver, problem, ...(about === undefined ? {} : { about }) },
    ],
  }));
  const isShown = selectProblems(session.getState()).some((shown) => shown.problem === problem);
  if (!isShown) showNotice(problem.title);
}

/** The problems to show, for a component. */
export function useProblems(): readonly ShownProblem[] {
  return useSession(useShallow(selectProblems));
}

/** The problems to show: general ones, and those about the things on the screen. */
export function selectProblems(state: Session): readonly ShownProblem[] {
  const { problems, machineId, shown, runId, sweepId } = state;
  const shownId = shown === 'run' ? runId : sweepId;
  return problems.filter(
    ({ about }) => about === undefined || about === machineId || about === shownId,
  );
}

/** Takes a problem off the screen. */
export function dismissProblem(id: number): void {
  session.setState(({ problems }) => ({ problems: problems.filter((other) => other.id !== id) }));
}

/** Forgets the problems of something that was fixed, is tried again, or was closed. */
export function withdrawProblems(about: string): void {
  session.setState(({ problems }) => ({
    problems: problems.filter((other) => other.about !== about),
  }));
}

/** Says in the status line what just happened. */
export function showNotice(notice: string): void {
  session.setState({ notice });
}
