import { FolderOpen, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { EXPRESSION_CHARS_MAX } from '../../core/limits.ts';
import type { Claim } from '../../core/trace/questions/claims.ts';
import {
  askRuns,
  cancelAsking,
  changeAskDraft,
  chooseAskedFolder,
  runsToAsk,
  useAskedRuns,
  type AskDraft,
  type Scope,
} from '../session/asked-runs.ts';
import { fileNameOf } from '../session/model.ts';
import { selectMachine, useSession } from '../session/store.ts';
import { changeSweepDraft } from '../session/tasks/sweep.ts';
import { Button } from '../ui/button.tsx';
import { MistakeNote, mistakeIn, NAMES_HINT } from '../ui/expression-mistake.tsx';
import { Field } from '../ui/field.tsx';
import { Picker } from '../ui/picker.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';

const KINDS = [
  { id: 'expression', label: 'Expression', hint: 'Whether an expression is true at every step' },
  { id: 'invariant', label: 'Invariant', hint: 'Whether an invariant of the newest source holds' },
] as const;

/** What is asked, and of which runs. */
export function AskForm(): ReactNode {
  const draft = useAskedRuns((asking) => asking.draft);
  const isAsking = useAskedRuns(({ asked }) => asked?.status === 'asking');
  const invariants = useSession((state) => selectMachine(state)?.info?.invariants);
  const claim = claimOf(draft, invariants);
  const mistake = draft.kind === 'expression' ? mistakeIn(draft.expression.trim()) : undefined;
  const isReady = claim !== undefined && (draft.scope !== 'folder' || draft.folder !== undefined);
  return (
    <form
      className="ask-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isAsking) askRuns(claim);
      }}
    >
      <div className="ask-line">
        <Segments
          label="What is asked"
          options={KINDS}
          selected={draft.kind}
          onSelect={(kind) => changeAskDraft({ kind })}
        />
        {draft.kind === 'expression' ? (
          <Field
            label="Always true"
            hint={NAMES_HINT}
            value={draft.expression}
            isNumber={false}
            isInvalid={mistake !== undefined}
            isFirst
            onChange={(expression) => changeAskDraft({ expression })}
          />
        ) : (
          <InvariantPicker draft={draft} invariants={invariants} />
        )}
      </div>
      {mistake && <MistakeNote mistake={mistake} />}
      <ScopeLine draft={draft} />
      <div className="ask-line">
        {isAsking ? (
          <Button icon={Square} onPress={cancelAsking}>
            Cancel
          </Button>
        ) : (
          <Button variant="primary" isSubmit isDisabled={!isReady}>
            Ask
          </Button>
        )}
        <span className="muted small">{describeAsking(draft)}</span>
      </div>
    </form>
  );
}

function describeAsking({ kind, scope }: AskDraft): string {
  if (scope === 'seeds') return 'Runs the seeds again, and records nothing.';
  return kind === 'expression'
    ? 'Finds the first step of each run at which it is false. Nothing is recorded again.'
    : 'Asks the machine as it is now about the states that were recorded.';
}

/** What the draft asks; nothing while it is not whole. */
function claimOf(draft: AskDraft, invariants: readonly string[] = []): Claim | undefined {
  if (draft.kind === 'invariant') {
    const name = invariants.find((one) => one === draft.invariant) ?? invariants[0];
    return name === undefined ? undefined : { kind: 'invariant', name };
  }
  const expression = draft.expression.trim();
  const isGood =
    expression !== '' && expression.length <= EXPRESSION_CHARS_MAX && !mistakeIn(expression);
  return isGood ? { kind: 'expression', expression } : undefined;
}

function InvariantPicker({
  draft,
  invariants = [],
}: {
  draft: AskDraft;
  invariants: readonly string[] | undefined;
}): ReactNode {
  const selected = invariants.find((one) => one === draft.invariant) ?? invariants[0];
  return (
    <Picker
      label="Invariant"
      className="ask-invariant"
      placeholder="The machine has no invariant"
      isDisabled={invariants.length === 0}
      selected={selected}
      sections={[{ items: invariants.map((name) => ({ id: name, label: shownName(name) })) }]}
      onPick={(invariant) => changeAskDraft({ invariant })}
    />
  );
}

function ScopeLine({ draft }: { draft: AskDraft }): ReactNode {
  const runs = useSession((state) => state.runs);
  const count = runs.length > 0 ? runsToAsk('open').length : 0;
  const scopes: readonly { readonly id: Scope; readonly label: string }[] = [
    { id: 'run', label: 'This run' },
    { id: 'open', label: 'Open runs' },
    { id: 'folder', label: 'Folder' },
    { id: 'seeds', label: 'Seeds' },
  ];
  return (
    <div className="ask-line ask-scope">
      <Segments
        label="Of which runs"
        options={scopes}
        selected={draft.scope}
        onSelect={(scope) => changeAskDraft({ scope })}
      />
      {draft.scope === 'open' && <span className="muted small">{formatPlural(count, 'run')}</span>}
      {draft.scope === 'folder' && <FolderChoice draft={draft} />}
      {draft.scope === 'seeds' && <SeedsChoice />}
    </div>
  );
}

function FolderChoice({ draft: { folder } }: { draft: AskDraft }): ReactNode {
  return (
    <>
      <Button icon={FolderOpen} onPress={() => void chooseAskedFolder()}>
        Choose…
      </Button>
      {folder && (
        <span className="small truncate" title={folder.folder}>
          {shownLine(fileNameOf(folder.folder))}
          <span className="muted"> {formatPlural(folder.files.length, 'trace')}</span>
        </span>
      )}
    </>
  );
}

/** The seeds, under the settings of the toolbar. */
function SeedsChoice(): ReactNode {
  const { count, from } = useSession((state) => state.sweepDraft);
  const { scenario, operations, faults } = useSession((state) => state.settings);
  const machine = useSession((state) => selectMachine(state)?.info?.name);
  const settings = [machine, scenario, `${operations} operations`, faults].join(' · ');
  return (
    <>
      <div className="ask-seeds small">
        <Field
          label="Number of seeds"
          value={count}
          isInvalid={false}
          onChange={(text) => changeSweepDraft({ count: text })}
        />
        <span className="muted">from</span>
        <Field
          label="First seed"
          value={from}
          isInvalid={false}
          onChange={(text) => changeSweepDraft({ from: text })}
        />
      </div>
      <span className="muted small truncate" title={settings}>
        {settings}
      </span>
    </>
  );
}
