import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import { askMeant } from '../../text/choices.ts';
import { soughtFirst } from '../../trace/causes.ts';
import type { Trace } from '../../trace/trace.ts';

/** Which finding of a run is meant; by default the first one. */
export interface FindingOptions {
  /** The name of an invariant, rule or settled property, or of an error. */
  readonly finding?: string;
  /** The shape of its step, such as `completion Success`, where several causes share a name. */
  readonly shape?: string;
}

/** Whether a finding is meant. */
export function isMeant({ finding, shape }: FindingOptions): (one: Finding) => boolean {
  return (one) =>
    (finding === undefined || one.name === finding) && (shape === undefined || one.shape === shape);
}

/**
 * The finding of a trace that is meant. In a shrunk run, what it was shrunk to comes first.
 *
 * @param where the run, as it was given.
 * @throws {ProblemError} when there is none.
 */
export function chooseFinding(
  { header, findings }: Trace,
  options: FindingOptions,
  where: string,
): Finding {
  const found = soughtFirst(header, findings).find(isMeant(options));
  if (found) return found;
  throw nothingFound(where, options, findings);
}

/**
 * A finding that steps have led to.
 *
 * @throws {ProblemError} for one of the initial state.
 */
export function requireStep(finding: Finding, where: string): Finding {
  if (finding.stepIndex >= 0) return finding;
  throw new ProblemError({
    title: `The initial state of ${where} fails already (${finding.name}): no step led to that.`,
    remedy: 'Correct the initial state or the invariant, or choose a later finding with --finding.',
  });
}

/**
 * The problem of a run without the finding that is meant.
 *
 * @param findings those that it has, where they are known.
 */
export function nothingFound(
  where: string,
  { finding, shape }: FindingOptions,
  findings: readonly Finding[] = [],
): ProblemError {
  const wanted = [finding, shape].filter((part) => part !== undefined).join(', ');
  return wanted === ''
    ? new ProblemError({
        title: `${where} has no finding.`,
        remedy: 'Choose a seed that fails, and the fault profile under which it fails.',
      })
    : new ProblemError({
        title: `${where} has no finding "${wanted}".`,
        remedy:
          askMeant(finding ?? '', [...new Set(findings.map(({ name }) => name))]) +
          'Leave --finding out for the first one; `phasmoscope run` lists them.',
      });
}
