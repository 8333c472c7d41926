import { CircleAlert, CircleCheck, CircleHelp, CircleSlash } from 'lucide-react';
import type { ReactNode } from 'react';
import { openFailing, standingOf } from '../session/mended.ts';
import type { SweepEntry } from '../session/model.ts';
import { useIsSweepEarlier } from '../session/store.ts';
import { LinkButton } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { describeMend, titleOfMend, type MendStanding } from '../words/mend-words.ts';
import './mend-line.css';

/** Whether a machine is mended, over what the sweep found; nothing when that was not asked. */
export function MendLine({ sweep }: { sweep: SweepEntry }): ReactNode {
  const standing = standingOf(sweep);
  const isEarlier = useIsSweepEarlier(sweep);
  if (!standing) return null;
  const { verdict } = standing;
  return (
    <output className="mend-line" data-verdict={verdict.kind} data-earlier={isEarlier}>
      <VerdictIcon standing={standing} />
      <div className="mend-words">
        <strong>{titleOfMend(standing)}</strong>
        <p>
          {describeMend(standing)}
          {isEarlier && ' The source was saved since: this is of an earlier one.'}
        </p>
      </div>
      {verdict.kind === 'fails' && (
        <LinkButton onPress={() => openFailing(sweep, verdict.failing)}>
          Open seed {verdict.failing.seed}
        </LinkButton>
      )}
    </output>
  );
}

function VerdictIcon({ standing: { verdict, status } }: { standing: MendStanding }): ReactNode {
  const common = { size: 16, 'aria-hidden': true } as const;
  switch (verdict.kind) {
    case 'fails':
      return <CircleAlert {...common} className="ink-finding" />;
    case 'mended':
      return <CircleCheck {...common} className="ink-ok" />;
    case 'undecided':
      if (status === 'running') return <Spinner {...common} />;
      return status === 'completed' ? (
        <CircleHelp {...common} className="muted" />
      ) : (
        <CircleSlash {...common} className="muted" />
      );
  }
}
