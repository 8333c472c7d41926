import type { Runtime } from '../../trace/format/header.ts';

/** What executes machines in this process. */
export function currentRuntime(): Runtime {
  const { node, v8, icu = '', unicode = '', electron } = process.versions;
  return { node, v8, icu, unicode, ...(electron === undefined ? {} : { electron }) };
}

/** What newer versions of V8 brought, by the version that brought it. */
const BUILT_INS: readonly (readonly [v8: number, name: string])[] = [
  [11.1, 'String.prototype.isWellFormed'],
  [11.2, 'the v flag of regular expressions'],
  [11.4, 'ArrayBuffer.prototype.transfer and JSON.rawJSON'],
  [11.7, 'Object.groupBy and Map.groupBy'],
  [11.9, 'Promise.withResolvers'],
  [12.1, 'Array.fromAsync'],
  [12.2, 'Set.prototype.union and the like, and methods of iterators'],
  [12.5, 'modifiers and repeated names of groups in regular expressions'],
  [12.8, 'Promise.try'],
  [13.4, 'Error.isError'],
  [13.5, 'Float16Array and Math.f16round'],
  [13.6, 'RegExp.escape'],
  [14, 'Uint8Array.fromBase64'],
  [14.4, 'Temporal'],
];

/**
 * Says in what the runtime of a recording differs from the one that executes it now, if that may be
 * why they disagree.
 */
export function explainRuntime(
  recorded: Runtime | undefined,
  current: Runtime = currentRuntime(),
): string | undefined {
  if (recorded === undefined) return undefined;
  const differing = (['v8', 'icu', 'unicode'] as const).filter(
    (name) => recorded[name] !== current[name],
  );
  if (differing.length === 0) return undefined;
  const versions = (of: Runtime) =>
    differing.map((name) => `${NAMES[name]} ${of[name]}`).join(', ');
  const [from, to] = [versionOf(recorded.v8), versionOf(current.v8)];
  const [older, newer] = [Math.min(from, to), Math.max(from, to)];
  const builtIns = BUILT_INS.filter(([v8]) => v8 > older && v8 <= newer).map(([, name]) => name);
  const affected = [
    ...(builtIns.length === 0 ? [] : [`only one of them has ${builtIns.join('; ')}`]),
    ...(differing.includes('v8') ? ['texts of errors may differ'] : []),
    ...(differing.includes('icu') ? ['what Intl and localeCompare give may differ'] : []),
    ...(differing.includes('unicode')
      ? ['normalize, case and \\p{…} of new characters may differ']
      : []),
  ];
  return `It was recorded with ${versions(recorded)} and executed with ${versions(current)}: ${affected.join('; ')}.`;
}

const NAMES = { v8: 'V8', icu: 'ICU', unicode: 'Unicode' } as const;

/** "13.0.245.16-electron.0" as 13.0; minor versions of V8 have one digit. */
function versionOf(v8: string): number {
  return Number.parseFloat(v8) || 0;
}
