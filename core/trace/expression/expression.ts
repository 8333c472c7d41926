import { Environment, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { keysOf } from '../../keys-of.ts';
import {
  codeOf,
  describeThrown,
  isErrorNamed,
  memberOf,
  messageOf,
  numberOf,
} from '../../thrown.ts';
import { labelOf } from '../../value/label.ts';
import type { Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { readsOf, type StateRead } from './expression-reads.ts';
import {
  equalData,
  hasMember,
  isData,
  memberAt,
  ofLiteral,
  presented,
  restored,
} from './expression-values.ts';

/**
 * @file Expressions over a step, such as `outcome.kind == "err" && size(state.pending) > 3`: the same
 * language in filters, watches and on the command line. It is the Common Expression Language (CEL): it
 * reads, has no loops but over members, and can call nothing but its own functions.
 *
 * Of the evaluators tried, cel-js is the one that knows Map, Set and bigint, names the place of an error,
 * compiles without `eval`, and takes 0.15 microseconds for a comparison.
 *
 * @see https://github.com/google/cel-spec
 */

/** What an expression can name, with what it means. */
export const EXPRESSION_NAMES = {
  state: 'the state after the step',
  before: 'the state before the step',
  input: 'the input of a normal step, or the result that a completion brought',
  actions: 'the actions that the step emitted',
  outcome:
    'how the step ended: kind is "ok", "err", "panic" or "crashed"; err and panic have an error',
  outstanding: 'the tracked actions that are outstanding after the step: id, action, emittedAt',
  findings: 'the findings of the step: kind, name, message',
  kind: 'the kind of the operation, such as "normal" or "crash"',
  id: 'the id of the completed action',
  step: 'the index of the step',
  tallies: 'what the scenario counted in the whole run',
} as const;
export type ExpressionName = keyof typeof EXPRESSION_NAMES;

/** What only a step has: the initial state is after none. */
const OF_STEPS: readonly ExpressionName[] = ['before', 'input', 'actions', 'outcome', 'kind', 'id'];

/** Thrown for an expression that cannot be evaluated, with the place. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** 0-based, in UTF-16 code units; the length of the expression when it ends too early. */
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

/** The result of an expression at a step: its value, or why it has none there. */
export type Evaluated =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'none'; readonly because: string };

const environment = createEnvironment();

function createEnvironment(): Environment {
  const made = new Environment({ homogeneousAggregateLiterals: false });
  for (const name of Object.keys(EXPRESSION_NAMES)) made.registerVariable(name, 'dyn');
  registerArithmetic(made);
  return made;
}

/** Numbers of a state are floats to CEL, and integer literals are not: it would refuse to add them. */
function registerArithmetic(made: Environment): void {
  const operators: Readonly<Record<string, (one: number, other: number) => number>> = {
    '+': (one, other) => one + other,
    '-': (one, other) => one - other,
    '*': (one, other) => one * other,
    '/': (one, other) => one / other,
    '%': (one, other) => one % other,
  };
  for (const [operator, apply] of Object.entries(operators)) {
    for (const types of ['double int', 'int double']) {
      const [left, right] = types.split(' ');
      made.registerOperator(`${left} ${operator} ${right}: double`, (one, other) =>
        apply(Number(one), Number(other)),
      );
    }
  }
  made.registerOperator('double % double: double', (one: number, other: number) => one % other);
}

/** Names of members that stand after a dot; others stand in brackets. */
const IDENTIFIER = /^[A-Za-z_]\w*$/;
/** Words of the language, which are no names even after a dot. */
const RESERVED = new Set(
  (
    'as break const continue else false for function if import in let loop package namespace null ' +
    'return true var void while'
  ).split(' '),
);

/**
 * The expression for a place in the state, such as `state.rooms[1].guest`. There is none through a key that
 * is neither a text, a number nor true or false.
 */
export function expressionOfPath(path: Path): string | undefined {
  let text = 'state';
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.mapKey : segment;
    if (typeof segment === 'string' && IDENTIFIER.test(segment) && !RESERVED.has(segment)) {
      text += `.${segment}`;
    } else if (typeof key === 'string') text += `[${JSON.stringify(key)}]`;
    else if (typeof key === 'bigint' || typeof key === 'boolean') text += `[${key}]`;
    else if (typeof key === 'number' && Number.isFinite(key)) text += `[${key}]`;
    else return undefined;
  }
  return text;
}

/** A step as an expression sees it. */
export type StepView = { readonly [Name in ExpressionName]: unknown };

/** An expression that was understood. */
export class Expression {
  readonly text: string;
  /** The names that it reads. */
  readonly names: ReadonlySet<ExpressionName>;
  /** What of the state it reads; `undefined` where that is not known, or all of it. */
  readonly reads: readonly StateRead[] | undefined;
  readonly #evaluate: ParseResult;
  /** Whether a value was met that the evaluator's functions do not take as it is. */
  #isPresented = false;

  /** @throws {ExpressionError} when it is not an expression, or names something unknown. */
  constructor(text: string) {
    this.text = text;
    try {
      this.#evaluate = environment.parse(text);
    } catch (error) {
      throw placed(error);
    }
    const checked = this.#evaluate.check();
    if (checked.error) throw placed(checked.error);
    this.reads = readsOf(this.#evaluate.ast);
    const nodes = [...nodesOf(this.#evaluate.ast)];
    for (const node of nodes) handleByOurselves(node);
    for (const node of nodes) matchInLinearTime(node);
    const named = new Set(nodes.filter(({ op }) => op === 'id').map(({ args }) => args));
    this.names = new Set(keysOf(EXPRESSION_NAMES).filter((name) => named.has(name)));
  }

  /** Whether it reads what only a step has, so that it says nothing of the initial state. */
  get isOfSteps(): boolean {
    return OF_STEPS.some((name) => this.names.has(name));
  }

  /**
   * The value at a step. Where a member is missing, or of another type than the expression takes, there is
   * none.
   */
  evaluate(view: StepView): Evaluated {
    if (!this.#isPresented) {
      const result = this.#evaluateIn(view);
      if (result) return result;
      this.#isPresented = true;
    }
    const names = [...this.names].map((name) => [name, presented(view[name] as Value)] as const);
    const result = this.#evaluateIn(Object.fromEntries(names));
    return result ?? { kind: 'none', because: 'a value is of a type that expressions do not know' };
  }

  /** No result when a value is of a type that the evaluator does not know. */
  #evaluateIn(view: Partial<StepView>): Evaluated | undefined {
    try {
      const value: unknown = this.#evaluate(view);
      // Types and points in time are no data: their names are.
      return { kind: 'value', value: isData(value) ? restored(value) : (value as Date).toString() };
    } catch (error) {
      if (isErrorNamed(error, 'LinesNotLoaded')) throw error;
      if (codeOf(error) === 'unsupported_type') return undefined;
      const [because = ''] = describeThrown(error).split('\n');
      return { kind: 'none', because: because.replace(/^(Evaluation|Type)Error: /, '') };
    }
  }
}

function placed(error: unknown): ExpressionError {
  const [what = ''] = messageOf(error).split('\n');
  const reason = error instanceof ParseError ? what : what.replace(/^TypeError: /, '');
  // The library names its option.
  const [, most] = /^Exceeded maxDepth \((\d+)\)/.exec(reason) ?? [];
  return new ExpressionError(
    most === undefined ? reason : `it is nested in more than ${most} levels`,
    numberOf(memberOf(error, 'range'), 'start') ?? 0,
  );
}

/** A node of a syntax tree. Its handler is how the evaluator combines the values of its operands. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly range: { readonly start: number };
  handle?: (left: unknown, right: unknown, node: Node, evaluator: Evaluator) => unknown;
  setMeta(key: 'evaluate', evaluate: Evaluate): void;
}
type Evaluate = (evaluator: Evaluator, node: Node, context: unknown) => unknown;
interface Evaluator {
  createError(code: string, message: string, node: Node): Error;
  run(node: Node, context: unknown): Value;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** All nodes of a syntax tree. */
function* nodesOf(root: unknown): Generator<Node> {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isNode(value)) continue;
    yield value;
    open.push(value.args);
  }
}

/** Finds members, and compares, as our values need it: see `expression-values.ts`. */
function handleByOurselves(node: Node): void {
  const { op, handle } = node;
  if (op === 'map') node.setMeta('evaluate', evaluateMapLiteral);
  if (!handle) return;
  const whole = WHOLE_NUMBERS[op];
  if (whole) {
    node.handle = (left, right, at, evaluator) =>
      typeof left === 'bigint' && typeof right === 'bigint'
        ? whole(left, right)
        : handle(left, right, at, evaluator);
  }
  const own = OWN_HANDLERS[op];
  if (!own) return;
  node.handle = (left, right, at, evaluator) =>
    isData(left) && isData(right)
      ? own(left, right, at, evaluator)
      : handle(left, right, at, evaluator);
}

/** Whole numbers of a state have any size, while those of CEL have 64 bits. */
const WHOLE_NUMBERS: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
};

const OWN_HANDLERS: Readonly<
  Record<string, (left: Value, right: Value, node: Node, evaluator: Evaluator) => unknown>
> = {
  '==': equalData,
  '!=': (left, right) => !equalData(left, right),
  in: (wanted, container) => hasMember(container, wanted),
  '.': memberOrError,
  '[]': memberOrError,
};

/**
 * Patterns are those of RE2, as the specification of the language says: they take a time that follows the
 * length of the text. An expression may come with a link, and must not hang the process that evaluates it.
 *
 * @throws {ExpressionError} for a pattern that is written out and is none.
 */
function matchInLinearTime(node: Node): void {
  if (node.op !== 'rcall') return;
  const [name, receiver, operands] = node.args as readonly [string, Node, readonly Node[]];
  const [pattern] = operands;
  if (name !== 'matches' || !pattern || operands.length > 1) return;
  let compiled: { readonly of: string; readonly pattern: RE2JS } | undefined;
  const compile = (text: string): RE2JS => {
    if (compiled?.of !== text) compiled = { of: text, pattern: RE2JS.compile(text) };
    return compiled.pattern;
  };
  if (pattern.op === 'value' && typeof pattern.args === 'string') {
    try {
      compile(pattern.args);
    } catch (error) {
      throw new ExpressionError(patternProblem(error), pattern.range.start);
    }
  }
  node.setMeta('evaluate', (evaluator, at, context) => {
    const text = evaluator.run(receiver, context);
    const wanted = evaluator.run(pattern, context);
    if (typeof text !== 'string' || typeof wanted !== 'string') {
      throw evaluator.createError('no_such_overload', '"matches" takes a text and a pattern', at);
    }
    try {
      return compile(wanted).matcher(text).find();
    } catch (error) {
      throw evaluator.createError('invalid_regular_expression', patternProblem(error), at);
    }
  });
}

function patternProblem(error: unknown): string {
  const [what = ''] = describeThrown(error).split('\n');
  return `not a pattern: ${what.replace(/^.*?error parsing regexp: /, '')}`;
}

function memberOrError(container: Value, key: Value, node: Node, evaluator: Evaluator): Value {
  const found = memberAt(container, key);
  if (found !== undefined) return found;
  throw evaluator.createError(
    'no_such_key',
    `there is no member ${typeof key === 'string' ? key : labelOf(key)}`,
    node,
  );
}

function evaluateMapLiteral(evaluator: Evaluator, node: Node, context: unknown): Value {
  const entries = node.args as readonly (readonly [Node, Node])[];
  return ofLiteral(
    entries.map(([key, value]) => [evaluator.run(key, context), evaluator.run(value, context)]),
  );
}
