import fc from 'fast-check';
import type { EmittedAction, Outcome } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { PRINT_LEVELS } from '../machine/printed.ts';
import type { Step } from '../trace/format/format.ts';
import type { Change, Patch } from '../value/patch.ts';
import type { Value } from '../value/value.ts';

const optional = <T>(key: string, item: fc.Arbitrary<T>) =>
  fc.option(item, { nil: undefined }).map((one) => (one === undefined ? {} : { [key]: one }));

function merged(...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> {
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as object);
}

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, true, false),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((all) => new Map(all)),
    fc.array(fc.string(), { maxLength: 3 }).map((all) => new Set(all)),
    fc.dictionary(fc.constantFrom('kind', 'a', '$a', ''), tie('value'), { noNullPrototype: true }),
  ),
})).value;
const id = fc.oneof(fc.integer(), fc.string(), fc.bigInt());
const text = fc.string();

const action: fc.Arbitrary<EmittedAction> = fc.oneof(
  fc.record({ kind: fc.constant('tracked' as const), id, action: value }),
  fc.record({ kind: fc.constant('untracked' as const), action: value }),
);
const actions = fc.array(action, { maxLength: 3 });

const path = fc.array(fc.oneof(text, fc.nat(), fc.record({ mapKey: value })), { maxLength: 3 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('added' as const, 'changed' as const), path, value }),
  fc.record({ kind: fc.constant('removed' as const), path }),
  fc.record({
    kind: fc.constant('spliced' as const),
    path,
    index: fc.nat(),
    removed: fc.nat(),
    inserted: fc.array(value, { maxLength: 2 }),
  }),
);
const patch: fc.Arbitrary<Patch> = fc.array(change, { maxLength: 3 });

const surroundings = merged(
  optional(
    'fault',
    fc.oneof(
      fc.record({ kind: fc.constantFrom('crashAtAccess', 'accessFails'), access: fc.nat() }),
      fc.record({ kind: fc.constantFrom('crashBeforeCommit', 'commitFails') }),
      fc.record({ kind: fc.constant('actionRefused'), action: fc.nat() }),
    ),
  ),
  optional('externalFailures', fc.array(fc.boolean())),
);
const isTrue = fc.constant(true);
const operation = fc.oneof(
  merged(fc.record({ kind: fc.constant('normal'), input: value }), surroundings),
  merged(
    fc.record({ kind: fc.constant('trackedActionCompleted'), id, result: value }),
    surroundings,
    optional('isDuplicate', isTrue),
  ),
  fc.record({ kind: fc.constant('crash'), dispatched: fc.nat() }),
  merged(fc.record({ kind: fc.constant('restore') }), surroundings),
  fc.record({ kind: fc.constant('loss'), id, result: value }),
  merged(
    fc.record({ kind: fc.constant('settled') }),
    optional('isEndless', isTrue),
    optional('isDown', isTrue),
  ),
) as fc.Arbitrary<Operation>;

const source = optional('source', text);
const outcome = fc.oneof(
  fc.record({ kind: fc.constantFrom('ok', 'crashed') }),
  fc.record({ kind: fc.constant('err'), error: value }),
  merged(fc.record({ name: text, message: text }), source).map((error) => ({
    kind: 'panic',
    error,
  })),
  merged(fc.record({ kind: fc.constant('hang'), limitMs: fc.integer({ min: 1 }) }), source),
) as fc.Arbitrary<Outcome>;

const caught = optional(
  'caught',
  merged(
    fc.record({
      kind: fc.constantFrom('ActionRefused', 'StorageFailed'),
      stepIndex: fc.nat(),
      what: text,
    }),
    source,
  ),
);
const anyFinding = fc.oneof(
  merged(fc.record({ kind: fc.constant('panic'), name: text, message: text, shape: text }), source),
  merged(
    fc.record({
      kind: fc.constantFrom('invariant', 'rule', 'settled'),
      name: text,
      message: text,
      shape: text,
    }),
    source,
    optional('expected', text),
    optional('actual', text),
    caught,
  ),
);

/** Any step that a machine can make: a missing optional part is absent, not undefined. */
export const anyStep = merged(
  fc.record({
    operation,
    outcome,
    actions,
    discarded: actions,
    refused: actions,
    lost: actions,
    patch,
    attempted: patch,
    recovered: fc.array(text, { maxLength: 2 }),
    output: fc.array(fc.record({ level: fc.constantFrom(...PRINT_LEVELS), text }), {
      maxLength: 2,
    }),
  }),
  optional('stateHash', fc.constant('0123456789abcdef0123456789abcdef')),
  optional('checkpoint', fc.record({ state: value })),
  fc.tuple(fc.nat(), fc.array(anyFinding, { maxLength: 2 })).map(([stepIndex, findings]) => ({
    stepIndex,
    findings: findings.map((found) => ({ ...found, stepIndex })),
  })),
) as fc.Arbitrary<Step>;
