/** The keys of a table that lists all of them by its type, in the order in which they are written there. */
export function keysOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  // Any object may have more keys than its type names, hence the strings of `Object.keys`; a table has not.
  return Object.keys(table) as (keyof Table & string)[];
}
