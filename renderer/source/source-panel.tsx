import { FileCode, FileWarning, Play, SquareArrowOutUpRight } from 'lucide-react';
import { useEffect, useMemo, type ReactNode } from 'react';
import type { Coverage, CoveredSource } from '../../core/contract/coverage.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { countLines, LINE_STATES } from '../../core/sweep/covered-lines.ts';
import { findingsAt } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { openInEditor } from '../session/editor.ts';
import { openMachineOn, useIsAllowed, useMachineOf } from '../session/machine-of-run.ts';
import type { RunEntry, Viewed } from '../session/model.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Picker } from '../ui/picker.tsx';
import { placeIn, type Place } from '../ui/place-link.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { Segments } from '../ui/segments.tsx';
import { WithoutMachine } from '../ui/without-machine.tsx';
import { hintOf } from '../words/commands.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { CodeView } from './code-view.tsx';
import { NeverExecuted } from './never-executed.tsx';
import { sourceView, useSource, type SourceMode } from './source-store.ts';
import { useCodeStep } from './use-code-step.ts';
import { cancelCoverRun, coverRun, coverRunAgain, useStepCoverage } from './use-coverage.ts';
import './source-panel.css';

const MODES = [
  { id: 'step', label: 'This step', hint: 'Mark what this step executed' },
  { id: 'run', label: 'Never executed', hint: hintOf('showNeverExecuted') },
] as const;

/** The source of a machine, with what the step at the cursor executed, or what no step of the run did. */
export function SourcePanel({ run, trace, cursor }: Viewed): ReactNode {
  const ref = useMachineOf(run);
  const isAllowed = useIsAllowed(run);
  const mode = useSource((state) => state.mode);
  const executed = isAllowed ? ref : undefined;
  const codeStep = useCodeStep(trace, cursor);
  useStepCoverage(run, trace, codeStep, mode === 'step' ? executed : undefined);
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
      <Content
        run={run}
        trace={trace}
        cursor={cursor}
        codeStep={codeStep}
        mode={mode}
        machine={executed}
      />
    </div>
  );
}

/** Executes all steps once they are wanted, and there are as many as there will be. */
function useWholeRun(run: RunEntry, ref: MachineRef | undefined): void {
  const isKnown = run.executed?.steps === run.steps;
  const isOver = run.status !== 'running' && run.status !== 'waiting';
  useEffect(() => {
    if (ref && isOver && !isKnown) void coverRun(run, ref);
  }, [run, ref, isOver, isKnown]);
}

interface ContentProps extends Viewed {
  /** The step whose code is shown, if any runs. */
  readonly codeStep: number | undefined;
  readonly mode: SourceMode;
  readonly machine: MachineRef;
}

function Content(props: ContentProps): ReactNode {
  const { run, mode, codeStep, machine } = props;
  const last = useSource((state) => state.last);
  const problem = useSource((state) => state.problem);
  const missedPlace = useSource((state) => state.missedPlace);
  const { place, path } = useShown(props);
  const ofRun = run.executed?.coverage;
  const ofStep = last?.runId === run.id ? last.coverage : undefined;
  const coverage = mode === 'run' ? ofRun : (ofStep ?? ofRun);
  const source = coverage && sourceOf(coverage, path);
  const isMarked = mode === 'run' || codeStep !== undefined;
  const edited = mode === 'run' ? missedPlace : place;
  return (
    <>
      <div className="view-bar" role="toolbar" aria-label="Source">
        {mode === 'step' && coverage && source && (
          <FilePicker coverage={coverage} source={source} />
        )}
        <Segments
          label="What is marked"
          options={MODES}
          selected={mode}
          onSelect={(id) => sourceView.setState({ mode: id })}
        />
        <Count {...props} coverage={isMarked ? coverage : undefined} />
        {source && (
          <IconButton
            icon={SquareArrowOutUpRight}
            label="Open in the editor"
            onPress={() => void openInEditor(machine, edited?.path ?? source.path, edited)}
          />
        )}
        {mode === 'run' && <WholeRunButton run={run} machine={machine} isKnown={!!ofRun} />}
      </div>
      <Notes run={run} coverage={coverage} />
      {problem ? (
        <Placeholder icon={FileWarning} title={shownLine(problem.title)}>
          {problem.remedy !== undefined && <p className="muted">{shownLine(problem.remedy)}</p>}
        </Placeholder>
      ) : !coverage || !source ? (
        <Awaited isCodeRun={isMarked} />
      ) : mode === 'run' ? (
        <NeverExecuted
          coverage={coverage}
          chosen={missedPlace}
          onChoose={(chosen) => sourceView.setState({ missedPlace: chosen })}
        />
      ) : (
        <CodeView
          source={source}
          mode={isMarked ? mode : undefined}
          place={place}
          start={stfIn(coverage, source)}
        />
      )}
    </>
  );
}

/**
 * The place to mark, and the file to show: those that were gone to from this step, or else the file that was
 * chosen, and the place of the step's finding.
 */
function useShown({ run, trace, cursor }: Viewed): {
  readonly place: Place | undefined;
  readonly path: string | undefined;
} {
  const gone = useSource((state) => state.gone);
  const path = useSource((state) => state.path);
  const found = useMemo(() => {
    const [source] = findingsAt(trace, cursor).flatMap((finding) => finding.source ?? []);
    return source === undefined ? undefined : placeIn(source);
  }, [trace, cursor]);
  if (gone?.runId === run.id && gone.cursor === cursor) {
    return { place: gone.place, path: path ?? gone.place.path };
  }
  return { place: found, path: path ?? found?.path };
}

interface CountProps extends Pick<ContentProps, 'trace' | 'cursor' | 'codeStep' | 'mode'> {
  /** Absent where nothing is marked. */
  readonly coverage: Coverage | undefined;
}

function Count(props: CountProps): ReactNode {
  const progress = useSource((state) => state.progress);
  return (
    <output className="source-count muted small" aria-label="What is marked in the source">
      {props.mode === 'run' && progress
        ? `${formatCount(progress.steps)} of ${formatPlural(progress.of, 'step')} executed`
        : describe(props)}
    </output>
  );
}

/** Stops executing all steps, or begins. */
function WholeRunButton({
  run,
  machine,
  isKnown,
}: {
  run: RunEntry;
  machine: MachineRef;
  isKnown: boolean;
}): ReactNode {
  const progress = useSource((state) => state.progress);
  if (progress) return <Button onPress={cancelCoverRun}>Cancel</Button>;
  if (isKnown || run.status === 'running') return null;
  return (
    <Button icon={Play} onPress={() => coverRunAgain(run, machine)}>
      Execute all steps
    </Button>
  );
}

/** Stands where the source will be. */
function Awaited({ isCodeRun }: { isCodeRun: boolean }): ReactNode {
  const mode = useSource((state) => state.mode);
  const progress = useSource((state) => state.progress);
  if (mode === 'run' && !progress) {
    return <Placeholder icon={FileCode}>The steps were not executed again.</Placeholder>;
  }
  if (!isCodeRun) return <Placeholder icon={FileCode}>No code to show at this step.</Placeholder>;
  return (
    <Placeholder icon={FileCode}>
      {mode === 'run' && progress
        ? `Executing ${formatCount(progress.steps)} of ${formatPlural(progress.of, 'step')} …`
        : 'Executing the step …'}
    </Placeholder>
  );
}

/** The file that was chosen, or else the one in which `stf` begins, or the first of which something was executed. */
function sourceOf({ sources, stf }: Coverage, path: string | undefined): CoveredSource | undefined {
  const executed = sources.filter(({ lines }) => lines.some((state) => state > LINE_STATES.missed));
  const begins = stf === undefined ? undefined : placeIn(stf)?.path;
  return (
    sources.find((one) => one.path === path) ??
    executed.find((one) => one.path === begins) ??
    executed[0] ??
    sources[0]
  );
}

/** The line on which `stf` begins, if it is in this file. */
function stfIn({ stf }: Coverage, { path }: CoveredSource): number | undefined {
  const begins = stf === undefined ? undefined : placeIn(stf);
  return begins?.path === path ? begins.line : undefined;
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
      onPick={(path) => sourceView.setState({ path })}
    />
  );
}

function describe({ mode, coverage, trace, cursor, codeStep }: CountProps): string {
  if (mode === 'step' && codeStep === undefined) return nothingRuns(trace, cursor);
  if (!coverage) return '';
  const { executed, missed } = countLines(coverage.sources);
  if (mode === 'run') {
    return `${formatCount(missed)} of ${formatPlural(executed + missed, 'line')} never executed`;
  }
  const lines = `${formatPlural(executed, 'line')} executed`;
  return codeStep === undefined || codeStep === cursor
    ? lines
    : `${lines} in step ${formatCount(codeStep)}, which the cause is named after`;
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
