import { Copy, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { Problem } from '../../core/problem.ts';
import { dismissProblem, showNotice, useSession } from '../session/store.ts';
import { IconButton } from '../ui/icon-button.tsx';
import './problems.css';

/** What went wrong and was not dismissed yet: cause, remedy, and details to copy. */
export function Problems(): ReactNode {
  const problems = useSession((state) => state.problems);
  if (problems.length === 0) return null;
  return (
    <div className="problems">
      {problems.map(({ id, problem }) => (
        <div key={id} className="problem" role="alert">
          <TriangleAlert size={16} aria-hidden className="ink-finding" />
          <div className="problem-text">
            <p>{problem.title}</p>
            {problem.remedy !== undefined && <p className="muted">{problem.remedy}</p>}
            {problem.details !== undefined && (
              <details>
                <summary className="small">Details</summary>
                <pre className="data">{problem.details}</pre>
              </details>
            )}
          </div>
          <Button className="button" onPress={() => void copy(problem)}>
            <Copy size={14} aria-hidden /> Copy
          </Button>
          <IconButton icon={X} label="Dismiss" onPress={() => dismissProblem(id)} />
        </div>
      ))}
    </div>
  );
}

async function copy({ title, remedy, details }: Problem): Promise<void> {
  const parts = [title, remedy, details].filter((part) => part !== undefined);
  await navigator.clipboard.writeText(parts.join('\n\n'));
  showNotice('Copied');
}
