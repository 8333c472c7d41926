import { useEffect, useState } from 'react';

/**
 * Asks until the component is gone, and returns what was reported last; `nothing` until then. An error is
 * for the error boundary around the panel.
 *
 * @param ask must stay the same for as long as the question does. It ends its own search by the controller.
 */
export function useAnswer<Answer>(
  ask: (abort: AbortController, report: (answer: Answer) => void) => Promise<void>,
  nothing: Answer,
): Answer {
  const [known, setKnown] = useState<{ readonly of: unknown; readonly answer: Answer }>();
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  if (failure) throw failure.error;

  useEffect(() => {
    const abort = new AbortController();
    ask(abort, (answer) => {
      if (!abort.signal.aborted) setKnown({ of: ask, answer });
    }).catch((error: unknown) => {
      if (!abort.signal.aborted) setFailure({ error });
    });
    return () => abort.abort();
  }, [ask]);

  return known?.of === ask ? known.answer : nothing;
}
