import { FileClock, FolderOpen, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as Card } from 'react-aria-components';
import type { Recent } from '../../core/contract/window.ts';
import { fileNameOf, type MachineEntry } from '../session/model.ts';
import { machineNameOf } from '../session/names.ts';
import { openAndRun, openRecent } from '../session/opening.ts';
import { executeRun } from '../session/running.ts';
import { selectMachine, useSession } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { shownLine, shownName } from '../words/shown.ts';
import { runCommand } from './commands.ts';
import './empty-state.css';

/** As many files as fit beside the samples. */
const RECENTS_MAX = 4;

/** What to do when nothing is open. */
export function EmptyState(): ReactNode {
  const samples = useSession((state) => state.samples);
  const demo = useSession((state) => state.demo);
  const recents = useSession((state) => state.recents);
  const machine = useSession((state) => {
    const picked = selectMachine(state);
    return picked?.status === 'open' ? picked : undefined;
  });
  return (
    <div className="empty-state">
      {machine ? (
        <OpenMachine machine={machine} />
      ) : (
        <div className="empty-lead">
          <h1>Step through a seed, and see why it fails</h1>
          <p className="muted">
            A machine runs on a seed; every step is kept. Go back from a broken invariant to its
            cause, one state at a time.
          </p>
          <Button
            variant="primary"
            size="large"
            icon={Play}
            isDisabled={!demo}
            onPress={() => {
              if (demo) void executeRun({ kind: 'sample', name: demo.sample }, demo.settings);
            }}
          >
            Run a seed that fails
          </Button>
          <p className="muted small">
            A dentist’s bookings: two patients end up in the same chair. Takes a second.
          </p>
        </div>
      )}
      <div className="empty-columns">
        <section>
          <h2>Samples</h2>
          <div className="empty-cards">
            {samples.map(({ name, description }) => (
              <Card
                key={name}
                className="empty-card"
                onPress={() => void openAndRun({ kind: 'sample', name })}
              >
                <span>{name}</span>
                <span className="muted small">{description}</span>
              </Card>
            ))}
          </div>
        </section>
        <section>
          <h2>Open</h2>
          <div className="empty-cards">
            <Card className="empty-card" onPress={() => runCommand('openTrace')}>
              <span className="empty-action">
                <FileClock size={14} aria-hidden /> A trace… <Shortcut command="openTrace" />
              </span>
              <span className="muted small">Or drop one on the window. It never runs code.</span>
            </Card>
            <Card className="empty-card" onPress={() => runCommand('openMachine')}>
              <span className="empty-action">
                <FolderOpen size={14} aria-hidden /> A machine… <Shortcut command="openMachine" />
              </span>
              <span className="muted small">A TypeScript or JavaScript file of yours.</span>
            </Card>
          </div>
          {recents.length > 0 && (
            <>
              <h2>Recent</h2>
              <div className="empty-cards">
                {recents.slice(0, RECENTS_MAX).map((recent) => (
                  <Card
                    key={recent.path}
                    className="empty-card"
                    onPress={() => void openRecent(recent)}
                  >
                    <span className="truncate">{shownLine(nameOfRecent(recent))}</span>
                    <span className="muted small truncate">{shownLine(recent.path)}</span>
                  </Card>
                ))}
              </div>
            </>
          )}
        </section>
      </div>
    </div>
  );
}

function nameOfRecent({ kind, path }: Recent): string {
  return kind === 'machine' ? machineNameOf({ kind: 'file', path }) : fileNameOf(path);
}

/** What to do with a machine that is open and has not run yet. */
function OpenMachine({ machine: { ref, info } }: { machine: MachineEntry }): ReactNode {
  const canRun = info !== undefined && info.scenarios.length > 0;
  return (
    <div className="empty-lead">
      <h1>{shownName(machineNameOf(ref))} is open</h1>
      <p className="muted">
        {canRun
          ? 'Choose a scenario, a seed and faults above, and run it.'
          : 'It has no scenario: a run needs one, or a file of inputs.'}
      </p>
      <Button
        variant="primary"
        size="large"
        icon={Play}
        isDisabled={!canRun}
        onPress={() => runCommand('run')}
      >
        Run it
      </Button>
    </div>
  );
}
