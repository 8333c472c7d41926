import type { ForkChange } from '../trace/format/fork.ts';
import type { Need } from '../trace/words/judged.ts';
import { isDiscriminant, kindOf } from '../value/label.ts';
import { sameValue, type Value } from '../value/value.ts';
import { drawnByScenario } from './drawn.ts';
import type { ForkSubject } from './fork.ts';
import type { Parent } from './parent.ts';

/** A field of a request, with other values that it could have had. */
export interface Field {
  readonly stepIndex: number;
  readonly name: string;
  /** The request with each of the other values. */
  readonly others: readonly (ForkChange & { readonly kind: 'input' })[];
}

/** A field of a request, and whether the finding needs its value. */
export interface JudgedField extends Omit<Field, 'others'> {
  /**
   * What the run comes to with the value after which it passes, if there is one. Values with which the request is
   * refused count only where it is with all of them.
   */
  readonly need: Need;
  /** How many other values were tried with which the request is not refused. */
  readonly tried: number;
  /** How many were with which it is refused, although it was accepted as it was. */
  readonly refused: number;
  /** The request with that value, or with the last one that was tried. */
  readonly other: ForkChange;
}

/** The other values of a field that are tried. */
const OTHERS_MAX = 12;

/**
 * The fields of requests, with values that the run or the scenario has drawn for the same field of the same kind
 * of request. A request that the scenario says is not possible is left out.
 *
 * @param steps the steps of the requests.
 */
export async function fieldsOf(
  subject: ForkSubject,
  parent: Parent,
  steps: readonly number[],
): Promise<readonly Field[]> {
  const inputs = steps.map((stepIndex) => ({ stepIndex, input: inputAt(parent, stepIndex) }));
  const own = Array.from({ length: parent.length }, (_, at) => inputAt(parent, at));
  const known = [...own, ...(await drawnByScenario(subject, parent)).inputs].filter(isRecord);
  return inputs.flatMap(({ stepIndex, input }) => {
    if (!isRecord(input)) return [];
    const alike = known.filter((other) => kindOf(other) === kindOf(input));
    return Object.entries(input)
      .filter(([name, value]) => !isDiscriminant(name, value))
      .map(([name, value]): Field => {
        const values = distinct(
          alike.flatMap((other) => (Object.hasOwn(other, name) ? [other[name]] : [])),
        );
        const others = values
          .filter((other) => !sameValue(other, value))
          .map((other): Value => ({ ...input, [name]: other }))
          .filter((other) => isPossible(subject, other))
          .slice(0, OTHERS_MAX)
          .map((other) => ({ kind: 'input', at: stepIndex, input: other }) as const);
        return { stepIndex, name, others };
      })
      .filter(({ others }) => others.length > 0);
  });
}

function inputAt(parent: Parent, stepIndex: number): unknown {
  const { operation } = parent.step(stepIndex);
  return operation.kind === 'normal' ? operation.input : undefined;
}

function isRecord(input: unknown): input is Readonly<Record<string, Value>> {
  return (
    typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype
  );
}

function distinct(values: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const found: (Value | undefined)[] = [];
  for (const value of values) {
    if (!found.some((other) => sameValue(other, value))) found.push(value);
  }
  return found;
}

/** Whether an author's function allows it; made for what the scenario draws, it need not understand it. */
function isPossible({ scenario }: ForkSubject, input: Value): boolean {
  if (!scenario?.isPossible) return true;
  try {
    return scenario.isPossible(input);
  } catch {
    return false;
  }
}
