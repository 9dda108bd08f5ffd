/** Access to what a package keeps in its objects but leaves out of its types. Absent or of another type is undefined. */

export function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

export function numberOf(holder: object, property: string): number | undefined {
  const value: unknown = Reflect.get(holder, property);
  return typeof value === 'number' ? value : undefined;
}

/** Calls a method when there is one. */
export function call(holder: object, method: string, ...given: readonly unknown[]): void {
  const found: unknown = Reflect.get(holder, method);
  if (typeof found === 'function') Reflect.apply(found, holder, given);
}
