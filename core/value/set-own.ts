/** Sets a property, also one named `__proto__`, which an assignment would take for the prototype. */
export function setOwn<Item>(object: Record<string, Item>, key: string, item: Item): void {
  if (key !== '__proto__') {
    object[key] = item;
    return;
  }
  const property = { value: item, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(object, key, property);
}
