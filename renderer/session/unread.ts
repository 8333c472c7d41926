import type { SessionFile } from '../../core/contract/window.ts';
import { request } from '../api.ts';
import { formatPlural } from '../words/format.ts';
import type { Cursor, RunEntry } from './model.ts';
import { showProblem } from './notices.ts';
import { session } from './store.ts';

/** What could not be read of a file of the session. */
export interface Unread {
  readonly file: SessionFile;
  readonly title: string;
  /** All of it. */
  readonly details: string;
}

const NAMES: Readonly<Record<SessionFile, string>> = {
  session: 'the last session',
  places: 'the notes and places of the last session',
};

/** What the title names; the details have all. */
const NAMED_MAX = 3;

/**
 * Says what is missing of a file; nothing, if it was read whole.
 *
 * @param lost what could not be read, in words.
 * @param unknown the names of what only a newer version knows.
 */
export function unreadOf(
  file: SessionFile,
  lost: readonly string[],
  unknown: readonly string[] = [],
): readonly Unread[] {
  const [what, names] =
    lost.length > 0
      ? [`A part of ${NAMES[file]} cannot be read`, lost]
      : [
          `A newer version of Phasmoscope has kept more in ${NAMES[file]} than this one knows`,
          unknown,
        ];
  if (names.length === 0) return [];
  const more = names.length > NAMED_MAX ? `, and ${names.length - NAMED_MAX} more` : '';
  const title = `${what}: ${names.slice(0, NAMED_MAX).join(', ')}${more}.`;
  return [{ file, title, details: names.join('\n') }];
}

/** Has files put aside that were not read whole, says so, and brings back runs of which only the trace is left. */
export async function settle(
  unread: readonly Unread[],
  cursorOf: (runId: string) => Cursor,
): Promise<void> {
  const { aside, unnamed } = await request('settleSession', {
    runIds: session.getState().runs.map(({ id }) => id),
    unread: unread.map(({ file, title }) => ({ file, title })),
  });
  const found = unnamed.map(({ traceId, path }): RunEntry => ({
    id: traceId,
    origin: { kind: 'file', path },
    status: 'waiting',
    steps: 0,
  }));
  session.setState(({ runs, cursors }) => ({
    runs: [...runs, ...found],
    cursors: { ...cursors, ...Object.fromEntries(found.map(({ id }) => [id, cursorOf(id)])) },
  }));
  if (aside.kind === 'problem') return showProblem(aside.problem);
  const left =
    found.length === 0
      ? ''
      : ` ${formatPlural(found.length, 'run')} of it can be found in the list by the name of the trace.`;
  unread.forEach(({ file, title, details }, at) =>
    showProblem({
      title,
      remedy:
        `Nothing was deleted: the file is ${aside.value[at]} now.${left} To repair it, or to open it with ` +
        `the version that wrote it, end the program and name it ${file}.json again.`,
      details,
    }),
  );
  if (unread.length === 0 && found.length > 0) {
    showProblem({
      title: `The last session has no entry for ${formatPlural(found.length, 'trace')} in its folder.`,
      remedy: 'They are at the end of the list of runs. Close what you do not need.',
    });
  }
  return undefined;
}
