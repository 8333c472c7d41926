/** What identifies a tracked action of a machine. */
export type ActionId = number | string | bigint;

/** Whether a value can identify a tracked action. */
export function isActionId(value: unknown): value is ActionId {
  return ['number', 'string', 'bigint'].includes(typeof value);
}
