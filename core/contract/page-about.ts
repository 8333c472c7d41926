import { PAGE_STATES_DRAWN_MAX } from '../limits.ts';
import type { Finding } from '../machine/finding.ts';
import type { Note } from '../trace/format/notes.ts';
import { statesToDraw } from '../trace/questions/drawn-steps.ts';
import type { Trace } from '../trace/trace.ts';
import type { PageAbout, PageDrawings, PageDrawn, PageExplanation } from './page.ts';

/*
 * What a page says about its run besides what the trace says, in the form of the page. Whoever saves it has
 * found it out, and draws.
 */

/** What is said about a run; what is missing is left out. */
export interface AboutRun {
  /** The name of the trace, as a file. */
  readonly name: string;
  /** The step that is shown first; without it, the first finding. */
  readonly stepIndex?: number | undefined;
  readonly explanation?: PageExplanation | undefined;
  readonly drawings?: PageDrawings | undefined;
}

/** What a page says about its run. */
export function pageAbout({ name, stepIndex, explanation, drawings = [] }: AboutRun): PageAbout {
  return {
    name,
    ...(stepIndex === undefined ? {} : { stepIndex }),
    ...(explanation ? { explanation } : {}),
    ...(drawings.length > 0 ? { drawings } : {}),
  };
}

/** Why a finding is there, as far as it was found out. */
export interface FoundOut extends Pick<PageExplanation, 'made' | 'of' | 'explained'> {
  readonly needs: Iterable<PageExplanation['needs'][number]>;
}

/** The explanation of a finding of a trace. */
export function pageExplanation(
  { findings }: Pick<Trace, 'findings'>,
  finding: Finding,
  { needs, ...found }: FoundOut,
): PageExplanation {
  return { finding: findings.indexOf(finding), needs: [...needs], ...found };
}

/** Which states of a run are drawn for its page. */
export interface DrawnPart {
  /** The step that is shown first. */
  readonly stepIndex: number;
  /** The number of steps of the page; all of them without it. */
  readonly steps?: number;
  /** The notes of the page; those of the trace without it. */
  readonly notes?: readonly Note[];
}

/** Draws a view of the states after these steps; -1 is the initial one. */
export type DrawView = (
  view: string,
  steps: readonly number[],
  onDrawn: (drawn: PageDrawn & { readonly stepIndex: number }) => void,
) => Promise<void>;

/**
 * Draws the views of a machine for a page.
 *
 * @throws whatever `draw` throws.
 */
export async function pageDrawings(
  trace: Pick<Trace, 'changedSteps' | 'notes'>,
  { stepIndex, steps = Infinity, notes = trace.notes }: DrawnPart,
  views: readonly string[],
  draw: DrawView,
): Promise<PageDrawings> {
  const inPage = {
    changedSteps: trace.changedSteps.filter((step) => step < steps),
    notes: notes.filter(({ step }) => step < steps),
  };
  const states = statesToDraw(inPage, stepIndex, PAGE_STATES_DRAWN_MAX);
  const drawings: PageDrawings = [];
  for (const view of views) {
    const drawn: [number, string][] = [];
    await draw(view, states, ({ stepIndex: at, ...one }) => drawn.push([at, JSON.stringify(one)]));
    drawings.push({ view, drawn });
  }
  return drawings;
}
