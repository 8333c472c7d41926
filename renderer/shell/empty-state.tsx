import { FileClock, FolderOpen, Play, Presentation } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as Card } from 'react-aria-components';
import type { Recent } from '../../core/contract/window.ts';
import { fileNameOf, type MachineEntry } from '../session/model.ts';
import { machineNameOf } from '../session/names.ts';
import { openAndRun, openLaunch, openRecent } from '../session/opening.ts';
import { selectMachine, useSession } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { shownLine, shownName } from '../words/shown.ts';
import { runCommand } from './commands.ts';
import { RunFigure } from './run-figure.tsx';
import './empty-state.css';

/** As many files as fit beside the samples. */
const RECENTS_MAX = 4;

/** What to do when nothing is open. */
export function EmptyState(): ReactNode {
  const machine = useSession((state) => {
    const picked = selectMachine(state);
    return picked?.status === 'open' ? picked : undefined;
  });
  return (
    <div className="empty-state">
      {machine ? <OpenMachine machine={machine} /> : <Lead />}
      <div className="empty-columns">
        <Samples />
        <Files />
      </div>
      <p className="empty-keys muted small">
        <Shortcut command="palette" /> every command
        <Shortcut command="help" /> every key
      </p>
    </div>
  );
}

/** What this is, in a few words and a picture, and the two ways to see it at work. */
function Lead(): ReactNode {
  const demo = useSession((state) => state.demo);
  const story = useSession((state) => state.story);
  return (
    <div className="empty-hero">
      <div className="empty-lead">
        <h1>Step through a seed, and see why it fails</h1>
        <p className="muted">
          A machine runs on a seed; every step is kept. Go back from a broken invariant to its
          cause, one state at a time.
        </p>
        <div className="empty-buttons">
          <Button
            variant="primary"
            size="large"
            icon={Play}
            isDisabled={!demo}
            onPress={() => {
              if (demo) void openLaunch(demo);
            }}
          >
            Run a seed that fails
          </Button>
          <Button
            size="large"
            icon={Presentation}
            isDisabled={!story}
            onPress={() => {
              if (story) void openLaunch(story);
            }}
          >
            See the story
          </Button>
        </div>
        <p className="muted small">
          A dentist’s bookings: two patients end up in the same chair. The story shows in nine
          slides how it comes to that, and how it is mended.
        </p>
      </div>
      <RunFigure />
    </div>
  );
}

function Samples(): ReactNode {
  const samples = useSession((state) => state.samples);
  return (
    <section>
      <h2>Samples</h2>
      <div className="empty-rows">
        {samples.map(({ name, description }) => (
          <Card
            key={name}
            className="empty-row"
            onPress={() => void openAndRun({ kind: 'sample', name })}
          >
            <span className="truncate">{name}</span>
            <span className="muted small truncate" title={description}>
              {description}
            </span>
          </Card>
        ))}
      </div>
    </section>
  );
}

function Files(): ReactNode {
  const recents = useSession((state) => state.recents);
  return (
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
          <div className="empty-rows">
            {recents.slice(0, RECENTS_MAX).map((recent) => (
              <Card
                key={recent.path}
                className="empty-recent"
                onPress={() => void openRecent(recent)}
              >
                <span className="truncate">{shownLine(nameOfRecent(recent))}</span>
                <span className="muted small truncate" title={recent.path}>
                  {shownLine(recent.path)}
                </span>
              </Card>
            ))}
          </div>
        </>
      )}
    </section>
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
