import { describe, expect, it } from 'vitest';
import type { CrashVerdictInBrief } from '../../core/trace/words/judged.ts';
import { crashAt } from './draw-crashes.ts';
import { extentOf } from './viewport.ts';

function verdictsOf(steps: number): CrashVerdictInBrief[] {
  return Array.from({ length: steps }, (_, stepIndex) => [
    { stepIndex, verdict: 'fine' as const, findings: [] },
    {
      stepIndex,
      dispatched: 0,
      verdict: stepIndex === 5 ? ('fails' as const) : ('fine' as const),
      findings: [],
    },
  ]).flat();
}

const plot = { leftPx: 100, rightPx: 1100 };

describe('the strip of crash points', () => {
  it('means the cell under the pointer where steps are wide', () => {
    const scene = {
      widthPx: 1200,
      heightPx: 38,
      viewport: { ...extentOf(19), ...plot },
      verdicts: verdictsOf(19),
      steps: 19,
    };
    // Each step is 50 pixels wide; step 5 begins at 100 + 6 * 50.
    expect(crashAt(scene, 425, 6)).toMatchObject({ stepIndex: 5, verdict: 'fine' });
    expect(crashAt(scene, 425, 14)).toMatchObject({ stepIndex: 5, dispatched: 0 });
    expect(crashAt(scene, 50, 14)).toBeUndefined();
  });

  it('means what fails where many steps share a bar', () => {
    const scene = {
      widthPx: 1200,
      heightPx: 38,
      viewport: { ...extentOf(9_999), ...plot },
      verdicts: verdictsOf(9_999),
      steps: 9_999,
    };
    expect(crashAt(scene, 101, 20)).toMatchObject({ stepIndex: 5, verdict: 'fails' });
  });
});
