import { z } from 'zod';
import { count } from '../format/codecs.ts';
import { EDGE_KINDS, type CausalityGraph } from './graph-model.ts';

const step = z.number().int().min(-1);
const part = z.enum(['chain', 'culprit', 'writer', 'record']);

const fate = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['sent', 'outstanding']) }),
  z.object({ kind: z.enum(['completed', 'replaced']), at: count }),
  z.object({ kind: z.enum(['interrupted', 'lost']), at: count, wasSent: z.boolean() }),
]);

const node = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('step'),
    id: z.string(),
    stepIndex: count,
    part,
    wrote: z.array(z.string()).readonly(),
  }),
  z.object({
    kind: z.literal('action'),
    id: z.string(),
    stepIndex: count,
    position: count,
    fate,
    part,
  }),
  z.object({ kind: z.literal('start'), id: z.string(), stepIndex: z.literal(-1) }),
]);

const edge = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  kind: z.enum(EDGE_KINDS),
  label: z.string().exactOptional(),
  wrote: z.array(z.string()).readonly().exactOptional(),
});

/** The causes and consequences of a step. */
export const CAUSALITY = {
  asked: z.object({ kind: z.literal('causality'), focus: step }),
  found: z.never(),
  answer: z.object({
    focus: step,
    nodes: z.array(node).readonly(),
    edges: z.array(edge).readonly(),
    notes: z.array(z.string()).readonly(),
  }) satisfies z.ZodType<CausalityGraph>,
};
