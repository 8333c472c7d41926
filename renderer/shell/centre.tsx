import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { CausalityGraph } from '../causality/causality-graph.tsx';
import { compareWith, seek } from '../session/controller.ts';
import type { RunEntry } from '../session/model.ts';
import { StatePanel } from '../state/state-panel.tsx';
import { DifferencePanel } from './difference-panel.tsx';
import { ui, useUi, type CentreTab } from './ui-store.ts';

/** The middle of the window: the state, or one of the other views of the same step. */
export function Centre({ run }: { run: RunEntry | undefined }): ReactNode {
  const wanted = useUi((state) => state.tab);
  if (!run?.trace) return <Waiting run={run} />;
  const { trace, cursor, verification } = run;
  const difference =
    verification?.kind === 'step' || verification?.kind === 'initialState'
      ? verification
      : undefined;
  const tab = wanted === 'difference' && !difference ? 'state' : wanted;
  return (
    <Tabs
      className="panel tabs"
      selectedKey={tab}
      onSelectionChange={(key) => ui.setState({ tab: key as CentreTab })}
    >
      <TabList className="tab-list" aria-label="Views of the step">
        <Tab id="state">State</Tab>
        <Tab id="causality">Causality</Tab>
        {difference && <Tab id="difference">Difference</Tab>}
      </TabList>
      <TabPanel id="state" className="tab-panel">
        <StatePanel
          key={run.id}
          trace={trace}
          cursor={cursor}
          compareWith={run.compareWith}
          onSeek={seek}
          onCompareWith={compareWith}
        />
      </TabPanel>
      <TabPanel id="causality" className="tab-panel">
        <CausalityGraph key={run.id} trace={trace} cursor={cursor} onSeek={seek} />
      </TabPanel>
      {difference && (
        <TabPanel id="difference" className="tab-panel">
          <DifferencePanel verified={difference} />
        </TabPanel>
      )}
    </Tabs>
  );
}

function Waiting({ run }: { run: RunEntry | undefined }): ReactNode {
  return (
    <section className="panel waiting">
      {run === undefined && <p className="muted">Choose a run on the left, or run a seed.</p>}
      {run?.status === 'failed' && (
        <>
          <h2>Nothing could be read</h2>
          <p className="muted">{run.problem?.title}</p>
        </>
      )}
      {run?.status === 'cancelled' && <p className="muted">Cancelled before the first step.</p>}
      {(run?.status === 'running' || run?.status === 'waiting') && (
        <p className="muted">Opening…</p>
      )}
    </section>
  );
}
