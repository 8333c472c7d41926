import type { Finding } from '../../core/machine/finding.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { findingSummary } from '../../core/trace/words/markdown.ts';
import { copyText } from '../session/clipboard.ts';

/** Copies a finding of a run as Markdown. */
export function copyFinding({ header }: Trace, finding: Finding): void {
  void copyText(findingSummary(header, finding), 'the finding as Markdown');
}
