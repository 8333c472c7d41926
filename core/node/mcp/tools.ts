import type { Tool } from './tool.ts';
import { MACHINE_TOOLS } from './tools/machine-tools.ts';
import { TRACE_TOOLS } from './tools/trace-tools.ts';
import { WHAT_IF_TOOLS } from './tools/what-if-tools.ts';

/** What agents can call, in the order in which they are listed. */
export const TOOLS: readonly Tool[] = [...MACHINE_TOOLS, ...WHAT_IF_TOOLS, ...TRACE_TOOLS];
