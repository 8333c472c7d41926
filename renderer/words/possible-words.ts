import type { PossibleId } from '../../core/trace/possible-changes.ts';

/** What can be tried otherwise at a step, as an entry of a list, and what is meant by it. */
export const POSSIBLE_WORDS: Readonly<
  Record<PossibleId, { readonly title: string; readonly meaning: string }>
> = {
  crash: {
    title: 'Crash after it',
    meaning: 'The process dies after the commit of the step, and restores.',
  },
  crashBeforeCommit: {
    title: 'Crash before its commit',
    meaning: 'The process dies in the step, which leaves no trace in the state, and restores.',
  },
  crashAtAccess: {
    title: 'Crash at an access to the state',
    meaning: 'The process dies in the step, at one of its accesses, and restores.',
  },
  deliver: {
    title: 'Deliver a result now',
    meaning: 'The result of a tracked action arrives right after the step.',
  },
  again: {
    title: 'Deliver it a second time',
    meaning: 'The same result arrives once more, right after the step.',
  },
  result: { title: 'Deliver another result', meaning: 'The step brings another result.' },
  drop: {
    title: 'Lose it on its way',
    meaning: 'The result does not arrive here; what is still owed comes at the end.',
  },
  move: { title: 'Move it', meaning: 'The step comes at another place of the run.' },
  input: { title: 'Edit its input', meaning: 'The request has another input.' },
  insert: { title: 'Insert a request', meaning: 'A further request comes right after the step.' },
  remove: {
    title: 'Take it out',
    meaning: 'The step does not take place, nor does what only follows from it.',
  },
  refuse: {
    title: 'Refuse one of its actions',
    meaning: 'The container of actions refuses an action of the step.',
  },
  failAccess: { title: 'Fail an access', meaning: 'One access of the step to the state fails.' },
  failCommit: { title: 'Fail its commit', meaning: 'The state cannot be committed.' },
  noFault: { title: 'Let no fault strike', meaning: 'The fault inside the step does not strike.' },
  newDraws: {
    title: 'Go on with new draws',
    meaning: 'From here on, the scenario draws from the streams of another seed.',
  },
};
