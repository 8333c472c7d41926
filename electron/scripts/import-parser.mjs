/** @file Finds a module's imports and the names it uses, from its syntax tree. */
import { Visitor, parseSync } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {number} line
 * @property {boolean} isTypeOnly gone when the module runs
 *
 * @typedef {object} ParsedModule
 * @property {string} file
 * @property {Import[]} imports static, dynamic with a literal, re-exports, and types by `import()`;
 *   a dynamic import of a computed path leads to no module of ours
 * @property {Map<string, number>} identifiers the line of the first use of each name
 */

/**
 * @param {string} file
 * @param {string} text
 * @returns {ParsedModule}
 */
export function parseModule(file, text) {
  const { program, module, errors } = parseSync(file, text);
  if (errors[0]) throw new SyntaxError(`${file}: ${errors[0].message}`);
  const lineOf = lineFinder(text);
  /** @type {Import[]} */
  const imports = [];
  const found = (
    /** @type {string} */ specifier,
    /** @type {number} */ start,
    isTypeOnly = false,
  ) => imports.push({ specifier, line: lineOf(start), isTypeOnly });

  for (const { moduleRequest, entries } of module.staticImports) {
    found(moduleRequest.value, moduleRequest.start, areTypes(entries));
  }
  for (const { entries } of module.staticExports) {
    const request = entries[0]?.moduleRequest;
    if (request) found(request.value, request.start, areTypes(entries));
  }
  /** @type {Map<string, number>} */
  const identifiers = new Map();
  new Visitor({
    Identifier: ({ name, start }) => {
      if (!identifiers.has(name)) identifiers.set(name, lineOf(start));
    },
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal') found(String(source.value), source.start);
    },
    TSImportType: ({ source }) => {
      found(source.value, source.start, true);
    },
  }).visit(program);
  return { file, imports, identifiers };
}

/** @param {readonly { isType: boolean }[]} entries none for a bare import, which does run */
function areTypes(entries) {
  return entries.length > 0 && entries.every(({ isType }) => isType);
}

/**
 * @param {string} text
 * @returns {(offset: number) => number} the 1-based line of an offset
 */
function lineFinder(text) {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lineStarts.push(at + 1);
  }
  return (offset) => {
    const next = lineStarts.findIndex((start) => start > offset);
    return next < 0 ? lineStarts.length : next;
  };
}
