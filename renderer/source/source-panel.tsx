import { FileCode, FileWarning, Play, SquareArrowOutUpRight } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import type { Coverage, CoveredSource } from '../../core/contract/coverage.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { countLines, LINE_STATES } from '../../core/sweep/covered-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { openInEditor } from '../session/editor.ts';
import { openMachineOn, useIsAllowed, useMachineOf } from '../session/machine-of-run.ts';
import type { RunEntry, Viewed } from '../session/model.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Picker } from '../ui/picker.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { Segments } from '../ui/segments.tsx';
import { WithoutMachine } from '../ui/without-machine.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { CodeView } from './code-view.tsx';
import { sourceView, useSource, type SourceMode } from './source-store.ts';
import {
  cancelCoverRun,
  coverRun,
  coverRunAgain,
  hasCode,
  useStepCoverage,
} from './use-coverage.ts';
import './source-panel.css';

const MODES = [
  { id: 'step', label: 'This step', hint: 'Mark what this step executed' },
  { id: 'run', label: 'Never executed', hint: 'Mark what no step of this run executed' },
] as const;

/** The source of a machine, with what the step at the cursor executed, or what no step of the run did. */
export function SourcePanel({ run, trace, cursor }: Viewed): ReactNode {
  const ref = useMachineOf(run);
  const isAllowed = useIsAllowed(run);
  const mode = useSource((state) => state.mode);
  const executed = isAllowed ? ref : undefined;
  useStepCoverage(run, trace, cursor, mode === 'step' ? executed : undefined);
  useWholeRun(run, mode === 'run' ? executed : undefined);
  if (!executed) {
    const name = shownName(trace.header.machine);
    const isOpen = ref !== undefined;
    return (
      <WithoutMachine
        icon={FileCode}
        name={name}
        isOpen={isOpen}
        action="Execute steps on it"
        onAllow={() => void openMachineOn(run)}
      >
        {`${isOpen ? `The machine ${name} is open` : `The source is that of the machine ${name}`}. To show what a step executed, it is executed again.`}
      </WithoutMachine>
    );
  }
  return (
    <div className="source-panel">
      <Content run={run} trace={trace} cursor={cursor} mode={mode} machine={executed} />
    </div>
  );
}

/** Executes all steps once they are wanted, and there are as many as there will be. */
function useWholeRun(run: RunEntry, ref: MachineRef | undefined): void {
  const isKnown = useSource(({ whole }) => whole?.runId === run.id && whole.steps === run.steps);
  const isOver = run.status !== 'running' && run.status !== 'waiting';
  useEffect(() => {
    if (ref && isOver && !isKnown) void coverRun(run, ref);
  }, [run, ref, isOver, isKnown]);
}

function Content({
  run,
  trace,
  cursor,
  mode,
  machine,
}: Viewed & { mode: SourceMode; machine: MachineRef }): ReactNode {
  const last = useSource((state) => state.last);
  const whole = useSource((state) => state.whole);
  const progress = useSource((state) => state.progress);
  const problem = useSource((state) => state.problem);
  const path = useSource((state) => state.path);
  const place = useSource((state) => state.place);
  const ofRun = whole?.runId === run.id ? whole.coverage : undefined;
  const ofStep = last?.runId === run.id ? last.coverage : undefined;
  const coverage = (mode === 'run' ? ofRun : ofStep) ?? ofStep ?? ofRun;
  const source = coverage && sourceOf(coverage, path);
  const isMarked = mode === 'run' ? ofRun !== undefined : hasCode(trace, cursor);
  return (
    <>
      <div className="view-bar" role="toolbar" aria-label="Source">
        {coverage && source && <FilePicker coverage={coverage} source={source} />}
        <Segments
          label="What is marked"
          options={MODES}
          selected={mode}
          onSelect={(id) => sourceView.setState({ mode: id })}
        />
        <output className="source-count muted small" aria-label="What is marked in the source">
          {mode === 'run' && progress
            ? `${formatCount(progress.steps)} of ${formatPlural(progress.of, 'step')} executed`
            : describe(mode, isMarked ? coverage : undefined, trace, cursor)}
        </output>
        {source && (
          <IconButton
            icon={SquareArrowOutUpRight}
            label="Open in the editor"
            onPress={() => void openInEditor(machine, source.path, place)}
          />
        )}
        {mode === 'run' && progress && <Button onPress={cancelCoverRun}>Cancel</Button>}
        {mode === 'run' && !progress && !ofRun && run.status !== 'running' && (
          <Button icon={Play} onPress={() => coverRunAgain(run, machine)}>
            Execute all steps
          </Button>
        )}
      </div>
      <Notes run={run} coverage={coverage} />
      {problem ? (
        <Placeholder icon={FileWarning} title={shownLine(problem.title)}>
          {problem.remedy !== undefined && <p className="muted">{shownLine(problem.remedy)}</p>}
        </Placeholder>
      ) : source ? (
        <CodeView source={source} mode={isMarked ? mode : undefined} place={place} />
      ) : (
        <Placeholder icon={FileCode}>
          {progress
            ? `Executing ${formatCount(progress.steps)} of ${formatPlural(progress.of, 'step')} …`
            : 'Executing the step …'}
        </Placeholder>
      )}
    </>
  );
}

/** The file that was chosen, or else the first of which something was executed. */
function sourceOf({ sources }: Coverage, path: string | undefined): CoveredSource | undefined {
  const isExecuted = ({ lines }: CoveredSource) =>
    lines.some((state) => state > LINE_STATES.missed);
  return sources.find((one) => one.path === path) ?? sources.find(isExecuted) ?? sources[0];
}

function FilePicker({
  coverage,
  source,
}: {
  coverage: Coverage;
  source: CoveredSource;
}): ReactNode {
  const { sources } = coverage;
  if (sources.length === 1)
    return <span className="source-file data">{shownLine(source.path)}</span>;
  return (
    <Picker
      label="File"
      className="source-file"
      placeholder="File"
      selected={source.path}
      sections={[{ items: sources.map(({ path }) => ({ id: path, label: path })) }]}
      onPick={(path) => sourceView.setState({ path, place: undefined })}
    />
  );
}

function describe(
  mode: SourceMode,
  coverage: Coverage | undefined,
  trace: Trace,
  cursor: number,
): string {
  if (mode === 'step' && !hasCode(trace, cursor)) return nothingRuns(trace, cursor);
  if (!coverage) return '';
  const { executed, missed } = countLines(coverage.sources);
  if (mode === 'step') return `${formatPlural(executed, 'line')} executed`;
  return `${formatCount(missed)} of ${formatPlural(executed + missed, 'line')} never executed`;
}

function nothingRuns(trace: Trace, cursor: number): string {
  if (cursor < 0) return 'No step has been executed yet';
  return `No code of the machine runs in a step of kind ${OPERATION_WORDS[trace.glance(cursor).operation]}`;
}

/** What is different between the source on the screen and the run. */
function Notes({ run, coverage }: { run: RunEntry; coverage: Coverage | undefined }): ReactNode {
  const recorded = run.trace?.header.sourceHash;
  if (!coverage || recorded === undefined || recorded === coverage.sourceHash) return null;
  return (
    <p className="source-note small" role="note">
      The source has changed since this run was recorded: it is shown, and executed, as it is now.
    </p>
  );
}
