import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { parseSync } from 'oxc-parser';
import { expect, it } from 'vitest';
import { toLiteral } from '../../value/literal.ts';
import type { Value } from '../../value/value.ts';
import { exportedTest, type ExportedRun } from './exported-test.ts';

/** Vitest obeys the directives in this file, too. */
const AT = '@';
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    "; (await import('node:fs')).writeFileSync('pwned.txt', ''); //",
    '\n});process.exit(1);it("',
    '*/ process.exit(1) /*',
    '${process.exit(1)}',
    '\u2028process.exit(1)',
    '\u202e} ;)1(tixe.ssecorp',
    `${AT}vitest-environment a-package`,
    ` * ${AT}vitest-environment-options {"url":1}`,
    `x${AT}jest-environment jsdom`,
    `${AT}module-tag slow`,
    '//# sourceMappingURL=/etc/passwd',
    '/*# sourceURL=x */',
    'eslint-disable-next-line',
    '/* eslint-env jest */',
    'biome-ignore lint: x',
    `// ${AT}ts-nocheck`,
    `/** ${AT}jsxImportSource x */`,
    '/// <reference path="x" />',
    '/* v8 ignore next */',
    'istanbul ignore file',
  ),
);
const seed = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n).map(String),
  fc.constantFrom('12345\n', ' 7 ', '007'),
);
const value = fc.oneof(text, fc.object({ key: text, values: [text, fc.double(), fc.bigInt()] }));
/** A trace holds objects with the ordinary prototype only. */
const PLAIN = { noNullPrototype: true };
const operation = fc.oneof(
  fc.record({ kind: fc.constant('normal' as const), input: value }, PLAIN),
  fc.record(
    {
      kind: fc.constant('trackedActionCompleted' as const),
      id: fc.oneof(text, fc.bigInt(), fc.integer()),
      result: value,
    },
    PLAIN,
  ),
);

const run: fc.Arbitrary<ExportedRun> = fc.record({
  header: fc.record({ machine: text, scenario: text, seed, faults: text }),
  scenario: fc.option(text, { nil: undefined }),
  operations: fc.array(operation, { maxLength: 4 }),
  finding: fc.record({
    stepIndex: fc.integer({ min: -1 }),
    kind: fc.constant('invariant' as const),
    name: text,
    message: text,
  }) as fc.Arbitrary<ExportedRun['finding']>,
  machineFrom: text,
});

/** Runs the written test with stand-ins for what it imports; returns what it was given. */
async function given(source: string): Promise<{ title: string; reproduction: Value }> {
  const { program, errors } = parseSync('exported.test.ts', source);
  expect(errors).toEqual([]);
  expect(program.body.map(({ type }) => type)).toEqual([
    'ImportDeclaration',
    'ImportDeclaration',
    'ExpressionStatement',
  ]);
  const body = source.slice(program.body[1]?.end).replace('import.meta.url', '"base"');
  const called = await runInNewContext(
    `let called; ${body.replace(/^it\(/m, 'called = it(')}; called`,
    {
      Map,
      Set,
      URL: function URL(this: unknown, path: string) {
        return { path };
      },
      it: async (title: string, test: () => Promise<void>) => {
        await test();
        return { title, reproduction: reproduced };
      },
      reproduce: (reproduction: Value) => {
        reproduced = reproduction;
        return Promise.resolve([]);
      },
      expect: () => ({ toEqual: () => undefined }),
    },
  );
  return called as { title: string; reproduction: Value };
}
let reproduced: Value;

it('writes one call whose literals equal the values of the trace, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(run, async (exported) => {
      const { header, scenario, operations, finding, machineFrom } = exported;
      const { title, reproduction } = await given(exportedTest(exported));
      expect(title).toBe(`${header.machine} keeps "${finding.name}"`);
      expect(toLiteral(structuredClone(reproduction))).toBe(
        toLiteral({
          machine: { path: machineFrom },
          ...(scenario === undefined ? {} : { scenario }),
          faults: header.faults,
          operations: operations as unknown as Value,
        }),
      );
    }),
  );
});

const DIRECTIVES = [
  /[@#]/,
  /\/\*|\*\//,
  /\/\/[^ ]/,
  /(?:lint|ignore)-(?:disable|enable|env)|biome-ignore/,
  /(?:8|istanbul) ignore/,
  /<reference/,
];

it('contains no directive of a tool, wherever a trace has one', () => {
  fc.assert(
    fc.property(run, (exported) => {
      const source = exportedTest(exported);
      for (const directive of DIRECTIVES) expect(source).not.toMatch(directive);
    }),
  );
});
