import { z } from 'zod';
import { currentSignature, isSignature } from '../../engine/signature.ts';
import { PROPERTIES_MAX } from '../../limits.ts';
import type { Finding } from '../../machine/finding.ts';
import { findRecordsProblem, type RecordKind, type RecordKinds } from '../../machine/records.ts';
import { seedSchema } from '../../text/quantities.ts';
import { DIGESTS } from '../../value/hash.ts';
import { arrayOf, complete, count, finding, hash, listOf, ruleName, value } from './codecs.ts';
import { FORKS_MAX, forkSchema } from './fork.ts';

/** The longer run that a run was shrunk from. Seed and settings are those of the longer one. */
const shrunkFrom = z.object({
  /** How many steps it had up to the finding. */
  steps: count,
  /** For each step of the shrunk run the step that it was; some may have moved to earlier places. */
  stepIndices: arrayOf(count),
  /** The cause that was kept, as a signature of findings. */
  signature: z.codec(
    z.string().refine(isSignature, 'must be the signature of a finding'),
    z.string(),
    { decode: currentSignature, encode: (signature) => signature },
  ),
});
export type ShrunkFrom = Readonly<z.output<typeof shrunkFrom>>;

/** What executed the machine, by version: built-ins, texts of errors and Intl depend on it. */
const runtime = z.object({
  node: z.string(),
  v8: z.string(),
  icu: z.string(),
  unicode: z.string(),
  electron: z.string().exactOptional(),
});
export type Runtime = Readonly<z.output<typeof runtime>>;

const names = arrayOf(z.string()).exactOptional();
const recordKind = complete<RecordKind>()(
  z.object({
    at: arrayOf(z.string()),
    id: z.string().exactOptional(),
    phase: z.string().exactOptional(),
    transitions: z.record(z.string(), arrayOf(z.string())).exactOptional(),
    initial: names,
    references: names,
  }),
);
const records: z.ZodType<RecordKinds> = z
  .record(z.string(), recordKind)
  .superRefine((kinds, context) => {
    const message = findRecordsProblem(kinds);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** The content of the first line of a trace. */
export const headerSchema = z.object({
  machine: z.string(),
  scenario: z.string(),
  /** Decimal text. */
  seed: seedSchema,
  operationsMax: count,
  /** The name of the fault profile. */
  faults: z.string(),
  /** Digest of the machine's bundled source; absent for traces made by other tools. */
  sourceHash: hash.exactOptional(),
  /** Absent for traces made by other tools, and by versions that did not record it. */
  runtime: runtime.exactOptional(),
  /** The time that a step might take; absent where nothing ended a step that took longer. */
  timeLimitMs: z.number().positive().exactOptional(),
  /** For a shrunk run: where it comes from. */
  shrunkFrom: shrunkFrom.exactOptional(),
  /** For a fork: what each differs in from the one before it, and the first from the run of the seed. */
  forks: z.array(forkSchema).max(FORKS_MAX).readonly().exactOptional(),
  /** For a counterexample of a model checker: what its document holds besides the states. */
  itf: value.exactOptional(),
  invariants: z.array(z.string()).max(PROPERTIES_MAX).readonly(),
  /** The rules that were checked at every occasion. */
  rules: arrayOf(ruleName),
  /** Rules that the machine need not keep, with the reasons. */
  waivers: z.partialRecord(ruleName, z.string()).default({}),
  /** The kinds of records that the machine declares. */
  records: records.exactOptional(),
  /** How the digests of its states are made. */
  digests: z.enum(DIGESTS),
  initialHash: hash,
  initialState: value,
  initialFindings: listOf(finding),
});

/** The first line of a trace: what was run, and the state that it began with. */
export type TraceHeader = Readonly<Omit<z.output<typeof headerSchema>, 'initialFindings'>> & {
  /** Findings on the initial state, with step index -1. */
  readonly initialFindings: readonly Finding[];
};

/** The parts of a header that follow from the machine, besides the initial state. */
export const HEADER_PARTS = ['invariants', 'waivers', 'initialFindings'] as const;
export type HeaderPart = (typeof HEADER_PARTS)[number];
