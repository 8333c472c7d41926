/** @file Cycles between modules: none of theirs can be understood, tested or loaded alone. */

/**
 * @typedef {object} Node
 * @property {string} file
 * @property {{ target: string | undefined, line: number }[]} imports
 */

/**
 * Walks depth first and reports every import that leads back into the path that led to it.
 * @param {readonly Node[]} nodes
 * @returns {{ file: string, line: number, message: string }[]}
 */
export function findCycles(nodes) {
  const byFile = new Map(nodes.map((node) => [node.file, node]));
  /** @type {Set<string>} */
  const finished = new Set();
  /** @type {string[]} */
  const path = [];
  /** @type {{ file: string, line: number, message: string }[]} */
  const cycles = [];

  /** @param {Node} node */
  const visit = (node) => {
    path.push(node.file);
    for (const { target, line } of node.imports) {
      const next = target === undefined ? undefined : byFile.get(target);
      if (next === undefined || finished.has(next.file)) continue;
      const start = path.indexOf(next.file);
      if (start < 0) {
        visit(next);
      } else {
        const cycle = [...path.slice(start), next.file].join(' -> ');
        cycles.push({ file: node.file, line, message: `closes a cycle: ${cycle}` });
      }
    }
    path.pop();
    finished.add(node.file);
  };

  for (const node of nodes) if (!finished.has(node.file)) visit(node);
  return cycles;
}
