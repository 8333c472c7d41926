import { BadgeCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  changeMendClaim,
  changeMendQuestion,
  closeMendQuestion,
  CONFIDENCES,
  ONE_IN,
  planMend,
  startMend,
  useMendQuestion,
  type MendClaim,
  type MendPlan,
  type MendQuestion,
} from '../session/mended.ts';
import { useSession } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Segments } from '../ui/segments.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { describeLeftOut, withCauses } from '../words/mend-words.ts';

/** Asks how sure one wants to be that a machine is mended. */
export function MendDialog(): ReactNode {
  const { question, claim } = useMendQuestion();
  return (
    <WindowDialog
      title="Is it really mended?"
      isOpen={question !== undefined}
      onClose={closeMendQuestion}
    >
      {question && <MendForm question={question} claim={claim} />}
    </WindowDialog>
  );
}

const COUNTS = {
  causes: { id: 'causes', label: 'What is gone' },
  any: { id: 'any', label: 'Any finding' },
} as const;

function MendForm({ question, claim }: { question: MendQuestion; claim: MendClaim }): ReactNode {
  // What has failed changes while runs and sweeps go on.
  useSession(({ runs }) => runs);
  useSession(({ sweeps }) => sweeps);
  const { isAny, causes } = question;
  return (
    <form
      className="dialog-body dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        startMend();
      }}
    >
      {causes.length > 0 && (
        <Choice
          label="What counts"
          options={[COUNTS.causes, COUNTS.any]}
          selected={isAny ? 'any' : 'causes'}
          onSelect={(id) => changeMendQuestion({ isAny: id === 'any' })}
        />
      )}
      <Choice
        label="Fewer than"
        options={ONE_IN.map((oneIn) => ({
          id: String(oneIn),
          label: `1 in ${formatCount(oneIn)} seeds`,
        }))}
        selected={String(claim.oneIn)}
        onSelect={(id) => changeMendClaim({ oneIn: Number(id) })}
      />
      <Choice
        label="Confidence"
        options={CONFIDENCES.map((percent) => ({ id: String(percent), label: `${percent} %` }))}
        selected={String(claim.confidencePercent)}
        onSelect={(id) => changeMendClaim({ confidencePercent: Number(id) })}
      />
      <p className="muted">{describePlan(planMend(question, claim), question)}</p>
      <div className="dialog-buttons">
        <Button variant="primary" icon={BadgeCheck} isSubmit>
          Run the seeds
        </Button>
      </div>
    </form>
  );
}

function Choice({
  label,
  ...choice
}: {
  label: string;
  options: readonly { readonly id: string; readonly label: string }[];
  selected: string;
  onSelect: (id: string) => void;
}): ReactNode {
  return (
    <>
      <span className="muted">{label}</span>
      <Segments label={label} {...choice} />
    </>
  );
}

function describePlan(
  { failed, leftOut, from, count }: MendPlan,
  { isAny, causes }: MendQuestion,
): string {
  const what = isAny ? '' : withCauses({ causes: [...causes] });
  const known =
    failed.length === 0
      ? `No seed of this session has failed${what}. Those that are saved beside the machine are run`
      : `${formatPlural(failed.length, 'seed')} that failed${what}, and those that are saved beside the machine, are run`;
  return (
    `${known} first, then up to ${formatCount(count)} new ones, from seed ${from}. ` +
    `The first seed that fails ends it, and is opened.${describeLeftOut(leftOut)}`
  );
}
