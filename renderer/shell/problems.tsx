import { Copy, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../core/problem.ts';
import { dismissProblem, showNotice, useProblems } from '../session/notices.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';

/** What went wrong and was not dismissed yet: cause, remedy, and details to copy. */
export function Problems(): ReactNode {
  const problems = useProblems();
  return problems.map(({ id, problem }) => (
    <Banner key={id} icon={TriangleAlert} tone="finding" {...problem}>
      <Button icon={Copy} onPress={() => void copy(problem)}>
        Copy
      </Button>
      <IconButton icon={X} label="Dismiss" onPress={() => dismissProblem(id)} />
    </Banner>
  ));
}

async function copy({ title, remedy, details }: Problem): Promise<void> {
  const parts = [title, remedy, details].filter((part) => part !== undefined);
  await navigator.clipboard.writeText(parts.join('\n\n'));
  showNotice('Copied');
}
