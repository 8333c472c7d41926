import type { Tool } from './tool.ts';
import { MACHINE_TOOLS } from './tools/machine-tools.ts';
import { ODDS_TOOLS } from './tools/odds-tools.ts';
import { STEP_TOOLS } from './tools/step-tools.ts';
import { TRACE_TOOLS } from './tools/trace-tools.ts';
import { WHAT_IF_TOOLS } from './tools/what-if-tools.ts';

/** What agents can call, in the order in which they are listed. */
export const TOOLS: readonly Tool[] = [
  ...MACHINE_TOOLS,
  ...WHAT_IF_TOOLS,
  ...ODDS_TOOLS,
  ...TRACE_TOOLS,
  ...STEP_TOOLS,
];
